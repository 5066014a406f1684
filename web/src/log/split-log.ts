/** Complete lines without their line ends, and the beginning of a line that is not complete yet. */
export type SplitLog = { readonly lines: readonly string[]; readonly rest: string };

// A line without an end must not grow for ever, nor may one line be more than a browser can lay out.
const LONGEST = 8192;

/** What a terminal would show of a line in which carriage returns go back to its start. */
const overwrite = (line: string): string => {
  const text = line.replace(/\r+$/, '');
  return text.slice(text.lastIndexOf('\r') + 1);
};

const chop = (line: string): readonly string[] =>
  line.length <= LONGEST ? [line] : (line.match(new RegExp(`.{1,${LONGEST}}`, 'gsu')) ?? []);

const keepLastRewrite = (rest: string): string => {
  const end = rest.replace(/\r+$/, '').length;
  return rest.slice(rest.lastIndexOf('\r', end - 1) + 1);
};

/** Splits the next piece of a log into lines; `rest` is what the piece before left over. */
export const splitLog = (rest: string, piece: string): SplitLog => {
  const parts = `${rest}${piece}`.split('\n');
  const open = keepLastRewrite(parts.pop() ?? '');
  const lines = parts.map(overwrite).flatMap(chop);
  return open.length > LONGEST ? { lines: [...lines, ...chop(overwrite(open))], rest: '' } : { lines, rest: open };
};
