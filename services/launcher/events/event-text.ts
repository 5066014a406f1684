/**
 * The text of events that are written to many places: a line of a build goes into the log of each launch that follows
 * it and to each watcher, as one object. Forgotten with the object.
 */
const texts = new WeakMap<object, string>();

/** The event as JSON, made once however many ask. Events are never changed. */
export const renderEventText = (event: object): string => {
  const known = texts.get(event);
  if (known !== undefined) return known;
  const text = JSON.stringify(event);
  texts.set(event, text);
  return text;
};
