import { parse, TomlError } from 'smol-toml';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { decodeText } from '../decode-text.ts';
import { createDetectError, type DetectCode } from '../detect-error.ts';
import type { RepositoryFiles } from '../repository-files.ts';

export type Expected<Schema extends TSchema> = { readonly schema: Schema; readonly code: DetectCode };

/** A file's data, checked, and its text for finding lines again. */
export type DataFile<Data> = { readonly file: string; readonly data: Data; readonly text: string };

/** The line that `needle` stands on, the first where it is on several; undefined when it is nowhere. */
export const findLine = (text: string, needle: string | RegExp): number | undefined => {
  const at = typeof needle === 'string' ? text.indexOf(needle) : text.search(needle);
  return at === -1 ? undefined : text.slice(0, at).split('\n').length;
};

/** The line of the table number `index` of an array of tables such as [[package]]. */
export const findTableLine = (text: string, name: string, index: number): number | undefined => {
  const header = new RegExp(`^[ \\t]*\\[\\[[ \\t]*${name}[ \\t]*\\]\\]`);
  const numbers = text.split('\n').flatMap((line, at) => (header.test(line) ? [at + 1] : []));
  return numbers[index];
};

const lineOfPath = (text: string, path: string): number | undefined => {
  const keys = path.split('/').slice(1);
  const [first = '', second = ''] = keys;
  if (/^packages?$/.test(first) && /^\d+$/.test(second)) return findTableLine(text, first, Number(second));
  const key = keys.findLast((one) => /^[a-z][\w-]*$/i.test(one));
  return key === undefined ? undefined : findLine(text, new RegExp(`^[ \\t"]*${key}["]?[ \\t]*[=:]`, 'm'));
};

/** Checks the shape of what a file holds. Throws the code with file, line and what is expected. */
export const checkData = <Schema extends TSchema>(
  { file, data, text }: DataFile<unknown>,
  { schema, code }: Expected<Schema>,
): DataFile<Static<Schema>> => {
  if (Value.Check(schema, data)) return { file, data, text };
  const [error] = Value.Errors(schema, data);
  const path = error?.instancePath ?? '';
  const line = lineOfPath(text, path);
  const name = path === '' ? 'the file' : path.slice(1).replaceAll('/', '.');
  throw createDetectError(code, {
    file,
    ...(line === undefined ? {} : { line }),
    problem: `${JSON.stringify(name.slice(0, 100))} ${error?.message ?? 'is not what it should be'}.`,
  });
};

const parseToml = (text: string, file: string, code: DetectCode): unknown => {
  try {
    return parse(text, { maxDepth: 50 });
  } catch (error) {
    const [reason = ''] = error instanceof Error ? error.message.split('\n') : [];
    const line = error instanceof TomlError ? { line: error.line } : {};
    const problem = `it is not TOML: ${reason.replace(/^Invalid TOML document: /, '')}.`;
    throw createDetectError(code, { file, ...line, problem });
  }
};

/** Reads a TOML file of a known shape. Throws DETECT_FILE_UNREADABLE or the given code with file and line. */
export const readToml = <Schema extends TSchema>(
  files: RepositoryFiles,
  file: string,
  expected: Expected<Schema>,
): DataFile<Static<Schema>> => {
  const text = decodeText(files.read(file), { file, otherwise: 'refuse' });
  return checkData({ file, data: parseToml(text, file, expected.code), text }, expected);
};
