import {
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { createDetectError, type DetectCode } from '../detect-error.ts';

export type JsoncFile<Data> = {
  readonly data: Data;
  /** The line that the value of a key stands on. */
  readonly lineOf: (...keys: readonly (string | number)[]) => number;
};

type Expected<Schema extends TSchema> = { readonly schema: Schema; readonly code: DetectCode };

const MAX_DEPTH = 50;

const isDeep = (text: string): boolean => {
  let depth = 0;
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1;
    if (character === ']' || character === '}') depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
};

/**
 * Reads JSON with comments and with commas at the ends of lists. Throws the code with file and line for what is not that,
 * or does not have the shape.
 */
export const readJsonc = <Schema extends TSchema>(
  text: string,
  file: string,
  { schema, code }: Expected<Schema>,
): JsoncFile<Static<Schema>> => {
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length;
  if (isDeep(text)) throw createDetectError(code, { file, problem: 'its values are nested too deeply.' });
  const errors: ParseError[] = [];
  const root: Node | undefined = parseTree(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (root === undefined || first !== undefined) {
    const why = first === undefined ? 'the file is empty' : printParseErrorCode(first.error);
    throw createDetectError(code, { file, line: lineAt(first?.offset ?? 0), problem: `it is not JSON: ${why}.` });
  }
  const lineOf = (...keys: readonly (string | number)[]): number =>
    lineAt(findNodeAtLocation(root, [...keys])?.offset ?? root.offset);
  const data: unknown = getNodeValue(root);
  if (Value.Check(schema, data)) return { data, lineOf };
  const [error] = Value.Errors(schema, data);
  const keys = (error?.instancePath ?? '').split('/').slice(1);
  const name = keys.length === 0 ? 'the file' : keys.join('.').slice(0, 100);
  const line = lineOf(...keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key)));
  throw createDetectError(code, {
    file,
    line,
    problem: `${JSON.stringify(name)} ${error?.message ?? 'is not what it should be'}.`,
  });
};
