import { createDetectError, quoteText } from '../detect-error.ts';

/** A package of R that is needed, with the lowest version that will do. */
export type RNeed = { readonly name: string; readonly atLeast?: string };

/** What the DESCRIPTION of an R package says. */
export type RDescription = {
  readonly name: string;
  readonly needs: readonly RNeed[];
  /** The lowest R that will do. */
  readonly r?: string;
  /** Fields that name packages of other places. */
  readonly unused: readonly string[];
};

type Field = { readonly name: string; readonly line: number; readonly lines: readonly string[] };

/** Packages that are part of R. */
const OF_R = new Set(
  'base compiler datasets graphics grDevices grid methods parallel splines stats stats4 tcltk tools utils'.split(' '),
);
const NEEDED = new Set(['Depends', 'Imports', 'LinkingTo']);
const UNUSED = ['Remotes', 'Additional_repositories'];

const FIELD = /^(?<name>[A-Za-z][A-Za-z0-9_/.@-]*):(?<value>.*)$/;
const NAME = /^[A-Za-z][A-Za-z0-9.]*[A-Za-z0-9]$/;
const NEED = /^(?<name>[^\s(]+)\s*(?:\(\s*(?<operator>>=|<=|==|!=|<|>)\s*(?<version>\d+(?:[.-]\d+)*)\s*\))?$/;
const HINT = 'Write fields as NAME: VALUE, and packages as NAME or NAME (>= VERSION) with commas between them.';

type Fields = { readonly fields: readonly Field[]; readonly stray?: { readonly line: number; readonly text: string } };

/** Debian's control format: a field a line, which goes on in lines that begin with a blank. */
const readFields = (text: string): Fields => {
  const fields: { name: string; line: number; lines: string[] }[] = [];
  let stray: Fields['stray'];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const { name, value = '' } = FIELD.exec(line)?.groups ?? {};
    if (name !== undefined) fields.push({ name, line: index + 1, lines: [value] });
    else if (/^\s/.test(line)) fields.at(-1)?.lines.push(line);
    else if (line !== '' && !line.startsWith('#')) stray ??= { line: index + 1, text: line };
  }
  return { fields, ...(stray === undefined ? {} : { stray }) };
};

const invalid = (file: string, line: number, problem: string) =>
  createDetectError('DETECT_R_INVALID', { file, line, problem, hint: HINT });

const readNeed = (text: string, place: { readonly file: string; readonly line: number }) => {
  const { name = '', operator, version } = NEED.exec(text)?.groups ?? {};
  if (name !== 'R' && !NAME.test(name))
    throw invalid(place.file, place.line, `${quoteText(text)} is not a package of R.`);
  return { name, ...(version !== undefined && /[>=]=/.test(operator ?? '') ? { atLeast: version } : {}) };
};

const readNeeds = (field: Field, file: string): readonly RNeed[] => {
  let line = field.line;
  return field.lines
    .join('\n')
    .split(',')
    .flatMap((part) => {
      const start = line + (/^\s*/.exec(part)?.[0].split('\n').length ?? 1) - 1;
      line += part.split('\n').length - 1;
      const text = part.trim().replaceAll(/\s+/g, ' ');
      return text === '' ? [] : [readNeed(text, { file, line: start })];
    });
};

const listNeeds = (fields: readonly Field[], file: string) =>
  fields.filter(({ name }) => NEEDED.has(name)).flatMap((field) => readNeeds(field, file));

/**
 * Reads the file DESCRIPTION of an R package. Gives undefined for a file that is something else, because it has no field
 * Package. Throws DETECT_R_INVALID with the line.
 */
export const parseDescription = (text: string, file: string): RDescription | undefined => {
  const { fields, stray } = readFields(text);
  const named = fields.find(({ name }) => name === 'Package');
  if (named === undefined) return undefined;
  const name = named.lines.join(' ').trim();
  if (!NAME.test(name)) throw invalid(file, named.line, `${quoteText(name)} is not a name of a package.`);
  if (stray !== undefined) throw invalid(file, stray.line, `${quoteText(stray.text)} is not a field.`);
  const needs = listNeeds(fields, file);
  const r = needs.find((need) => need.name === 'R')?.atLeast;
  const packages = needs.filter((need) => need.name !== 'R' && !OF_R.has(need.name));
  return {
    name,
    needs: [...new Map(packages.map((need) => [`${need.name} ${need.atLeast}`, need])).values()],
    ...(r === undefined ? {} : { r }),
    unused: UNUSED.filter((one) => fields.some((field) => field.name === one)),
  };
};
