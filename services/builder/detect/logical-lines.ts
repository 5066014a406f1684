/** A line of a file, and the number that an editor shows for it. */
export type SourceLine = { readonly line: number; readonly text: string };

const isBlank = (character: string | undefined): boolean => character === undefined || /\s/.test(character);

/** Cuts a comment off: `#` at the start or after a blank, so that `#egg=name` in an address stays. */
const withoutComment = (text: string): string => {
  let at = text.indexOf('#');
  while (at !== -1 && at > 0 && !isBlank(text[at - 1])) at = text.indexOf('#', at + 1);
  return (at === -1 ? text : text.slice(0, at)).trim();
};

const isComment = (text: string): boolean => text.trimStart().startsWith('#');

type Joining = { readonly done: SourceLine[]; readonly open: string[]; readonly line: number };

const joinLine = ({ done, open, line }: Joining, next: SourceLine): Joining => {
  const isOpen = open.length > 0;
  const start = isOpen ? line : next.line;
  if (next.text.endsWith('\\') && !isComment(next.text)) {
    open.push(next.text.slice(0, -1));
    return { done, open, line: start };
  }
  // A comment ends a continuation; the blank in front makes it a comment of the joined line too.
  open.push(isOpen && isComment(next.text) ? ` ${next.text}` : next.text);
  done.push({ line: start, text: open.join('') });
  return { done, open: [], line: start };
};

/**
 * The lines of a requirements file as pip joins them: a backslash at the end continues a line, comments and empty
 * lines are gone, each line has the number of its first part.
 */
export const joinLogicalLines = (lines: readonly SourceLine[]): readonly SourceLine[] => {
  const { done, open, line } = lines.reduce<Joining>(joinLine, { done: [], open: [], line: 1 });
  const all = open.length > 0 ? [...done, { line, text: open.join('') }] : done;
  return all.map(({ line, text }) => ({ line, text: withoutComment(text) })).filter(({ text }) => text !== '');
};

/** Numbers the lines of a decoded text. */
export const splitLines = (text: string): readonly SourceLine[] =>
  text.split('\n').map((text, index) => ({ line: index + 1, text }));
