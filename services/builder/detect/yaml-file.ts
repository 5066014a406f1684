import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { isMap, isScalar, LineCounter, parseDocument, type Document, type Node, type Pair } from 'yaml';
import { decodeText } from './decode-text.ts';
import { createDetectError, quoteText, type DetectCode } from './detect-error.ts';
import type { RepositoryFiles } from './repository-files.ts';

/** A file as YAML, of which every part knows its line. */
export type YamlFile = {
  readonly file: string;
  readonly document: Document;
  readonly lineOf: (node: unknown) => number;
  readonly fail: (node: unknown, problem: string, hint?: string) => Error;
};

export type YamlOptions = {
  readonly code: DetectCode;
  /** The most bytes that the file may have, where that is more than a configuration file may. */
  readonly maxBytes?: number;
  /** Whether every value is a text, so that the digits of a checksum are no number. */
  readonly isText?: boolean;
};

/** Reads a file of one YAML document. Throws DETECT_FILE_UNREADABLE or the given code with file and line. */
export const readYaml = (files: RepositoryFiles, file: string, options: YamlOptions): YamlFile => {
  const { code, maxBytes, isText } = options;
  const text = decodeText(files.read(file, maxBytes), { file, otherwise: 'refuse' });
  const counter = new LineCounter();
  const fail = (line: number | undefined, problem: string, hint?: string) =>
    createDetectError(code, { file, ...(line === undefined ? {} : { line }), problem, hint });
  const parse = () => {
    try {
      return parseDocument(text, {
        lineCounter: counter,
        uniqueKeys: true,
        logLevel: 'error',
        prettyErrors: false,
        schema: isText === true ? 'failsafe' : 'core',
      });
    } catch {
      throw fail(undefined, 'it cannot be read as YAML.');
    }
  };
  const document = parse();
  const lineAt = (offset: number) => Math.max(1, counter.linePos(offset).line);
  const [error] = document.errors;
  if (error !== undefined) throw fail(lineAt(error.pos[0]), `it is not YAML: ${error.message}`);
  const lineOf = (node: unknown) => lineAt((node as Node | null)?.range?.[0] ?? 0);
  return { file, document, lineOf, fail: (node, problem, hint) => fail(lineOf(node), problem, hint) };
};

/** The entry of that name in a mapping; undefined where there is none, or it is no mapping. */
export const findPair = (map: unknown, name: string): Pair | undefined =>
  isMap(map) ? map.items.find(({ key }) => isScalar(key) && key.value === name) : undefined;

/** What is at a path such as /packages/3/url, or the nearest thing above it that is there. */
const nearestNode = (document: Document, path: readonly string[]): unknown => {
  const keys = path.map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  for (let length = keys.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(keys.slice(0, length), true);
    if (node !== undefined && node !== null) return node;
  }
  return document.contents;
};

const toData = ({ document, fail }: YamlFile): unknown => {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    throw fail(document.contents, 'its aliases cannot be followed.');
  }
};

/** What the file holds, checked. Throws the code of the file with the line, and what is expected there. */
export const checkYaml = <Schema extends TSchema>(yaml: YamlFile, schema: Schema): Static<Schema> => {
  const data = toData(yaml);
  if (Value.Check(schema, data)) return data;
  const [error] = Value.Errors(schema, data);
  const path = (error?.instancePath ?? '').split('/').slice(1);
  const name = path.length === 0 ? 'the file' : path.join('.');
  throw yaml.fail(
    nearestNode(yaml.document, path),
    `${quoteText(name)} ${error?.message ?? 'is not what it should be'}.`,
  );
};
