import type { RepositoryFiles } from './repository-files.ts';

/** A script of the repository, as far as it matters for running it. */
export type Script = {
  readonly file: string;
  /** Whether a kernel can run it as it is: `#!`, or a program that is not text; otherwise a shell must. */
  readonly hasShebang: boolean;
  /** Whether a byte order mark or CRLF line ends must go before a kernel or a shell can run it. */
  readonly needsNormalising: boolean;
  /** Whether a shell that reads it comes to run what it was given as arguments; true for what no shell reads. */
  readonly passesCommand: boolean;
};

const MARK = '\u00ef\u00bb\u00bf';

const SHELL = /^#! *\S*(?:\/|\benv +)(?:ba|da|z|k)?sh\b/;

const passesCommand = (text: string): boolean => {
  const lines = text.split('\n');
  if (lines[0]?.startsWith('#!') === true && !SHELL.test(lines[0])) return true;
  return lines.some((line) => !/^\s*#/.test(line) && /\$(?:[@*]|\{[@*])/.test(line));
};

/** Looks at a script's first bytes and line ends; a program that is not text is left as it is. */
export const readScript = (files: RepositoryFiles, file: string): Script => {
  const bytes = Buffer.from(files.read(file)).toString('latin1');
  const isText = !bytes.includes('\0');
  const hasMark = bytes.startsWith(MARK);
  return {
    file,
    hasShebang: bytes.startsWith('#!', hasMark ? MARK.length : 0) || !isText,
    needsNormalising: isText && (hasMark || bytes.includes('\r\n')),
    passesCommand: !isText || passesCommand(bytes.slice(hasMark ? MARK.length : 0)),
  };
};
