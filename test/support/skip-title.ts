/** The title of a test that an adapter may be excused from; a skipped one carries the reason. */
export const skipTitle = (title: string, reason: string | undefined): string =>
  reason === undefined ? title : `${title} (skipped: ${reason})`;
