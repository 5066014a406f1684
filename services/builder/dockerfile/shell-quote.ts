const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** One word of a POSIX shell that stands for exactly `text`. Throws RangeError for NUL, which no argument can hold. */
export const shellQuote = (text: string): string => {
  if (text.includes('\0')) throw new RangeError('a shell word cannot hold NUL');
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
};
