type End = { readonly idleEndsAt: number; readonly maxAgeEndsAt: number };

const MINUTE = 60;

const format = (seconds: number): string => {
  if (seconds < 2 * MINUTE) return `${seconds} s`;
  const minutes = Math.floor(seconds / MINUTE);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

/** When a session ends, for people, and whether that is soon enough to be warned of. */
export const describeRemaining = ({ idleEndsAt, maxAgeEndsAt }: End, now: number) => {
  const end = Math.min(idleEndsAt, maxAgeEndsAt);
  const seconds = Math.max(0, Math.round((end - now) / 1000));
  const reason = maxAgeEndsAt <= idleEndsAt ? 'it then has its maximum age' : 'unless it is used';
  return { text: `Ends in ${format(seconds)}, ${reason}.`, isSoon: seconds < 5 * MINUTE };
};
