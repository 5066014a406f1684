const MAX_LINE_BYTES = 4096;
const LAST_LINES = 200;

export type LogLines = {
  /** Takes a piece of output and gives the lines that are complete with it. */
  add(data: Buffer): string[];
  /** Gives what is left without a line end. */
  flush(): string[];
  /** The newest lines, oldest first. */
  last(): readonly string[];
};

/** Keeps what a terminal would show of a line that was drawn over with carriage returns, within the limit. */
const makeLine = (bytes: Buffer): string => {
  const text = bytes.toString('utf8').replace(/\r+$/, '');
  const shown = text.slice(text.lastIndexOf('\r') + 1);
  return Buffer.byteLength(shown) <= MAX_LINE_BYTES ? shown : `${shown.slice(0, MAX_LINE_BYTES)} …`;
};

/** Cuts output that arrives in arbitrary pieces into lines; a line that never ends is cut, not collected. */
export const createLogLines = (): LogLines => {
  let rest = Buffer.alloc(0);
  const newest: string[] = [];
  const keep = (lines: string[]): string[] => {
    newest.push(...lines.slice(-LAST_LINES));
    newest.splice(0, newest.length - LAST_LINES);
    return lines;
  };
  return {
    add: (data) => {
      const lines: string[] = [];
      let start = 0;
      for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, start)) {
        lines.push(makeLine(Buffer.concat([rest, data.subarray(start, end)])));
        rest = Buffer.alloc(0);
        start = end + 1;
      }
      const unfinished = Buffer.concat([rest, data.subarray(start)]);
      rest = unfinished.length > 2 * MAX_LINE_BYTES ? unfinished.subarray(0, 2 * MAX_LINE_BYTES) : unfinished;
      return keep(lines);
    },
    flush: () => {
      const lines = rest.length === 0 ? [] : [makeLine(rest)];
      rest = Buffer.alloc(0);
      return keep(lines);
    },
    last: () => newest,
  };
};
