import { shellQuote } from './shell-quote.ts';

/** `--mount` of one RUN: the fields in order. */
export type Mount = Readonly<Record<string, string>>;

const renderMount = (mount: Mount): string =>
  `--mount=${Object.entries(mount)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')}`;

/** A command that sets variables for the commands after it, in this instruction only. */
export const renderExport = (variables: Readonly<Record<string, string>>): string =>
  `export ${Object.entries(variables)
    .map(([name, value]) => `${name}=${shellQuote(value)}`)
    .join(' ')}`;

/**
 * One RUN, each command only when the one before succeeded. Throws RangeError when a command holds a line break,
 * which would end the instruction.
 */
export const renderRun = (mounts: readonly Mount[], commands: readonly string[]): string => {
  if (commands.some((command) => /[\r\n]/.test(command))) throw new RangeError('a command must be on one line');
  return `RUN ${[...mounts.map(renderMount), commands.join(' \\\n && ')].join(' \\\n    ')}`;
};
