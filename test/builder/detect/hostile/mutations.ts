import * as fc from 'fast-check';
import { stringify } from 'smol-toml';
import { hostileText, hostileWord } from './hostile-text.ts';

/** How a document is understood, so that what it holds can be changed and not only how it is written. */
export type Format = 'lines' | 'json' | 'toml';

/** A valid document: its text, and what it holds where its format has values. */
export type Sample = { readonly text: string; readonly data?: unknown };

type TextChange = { readonly how: (typeof TEXT_CHANGES)[number]; readonly at: number; readonly word: string };
type DataChange = { readonly how: (typeof DATA_CHANGES)[number]; readonly at: number; readonly value: unknown };

const TEXT_CHANGES = ['insert', 'delete', 'replace word', 'repeat line', 'drop line', 'move line', 'cut off'] as const;
const DATA_CHANGES = ['replace', 'remove', 'rename', 'wrap', 'add'] as const;

const at = (one: number, length: number): number => (length === 0 ? 0 : one % length);

const changeLine = (text: string, { how, at: where }: TextChange): string => {
  const lines = text.split('\n');
  const index = at(where, lines.length);
  const line = lines[index] ?? '';
  if (how === 'repeat line') lines.splice(index, 0, line);
  else lines.splice(index, 1);
  if (how === 'move line') lines.splice(at(where * 7, lines.length), 0, line);
  return lines.join('\n');
};

const changeText = (text: string, change: TextChange): string => {
  const { how, word } = change;
  const index = at(change.at, text.length);
  if (how === 'insert') return text.slice(0, index) + word + text.slice(index);
  if (how === 'delete') return text.slice(0, index) + text.slice(index + 1 + word.length);
  if (how === 'cut off') return text.slice(0, index);
  if (how !== 'replace word') return changeLine(text, change);
  const rest = text.slice(index).replace(/^\S+/, () => word);
  return text.slice(0, index).replace(/\S+$/, '') + rest;
};

type Slot = { readonly parent: Record<string, unknown>; readonly key: string };

/** Every place of a document that holds a value, by its parent. Arrays are objects with numbers for keys. */
const listSlots = (value: unknown): readonly Slot[] => {
  if (typeof value !== 'object' || value === null) return [];
  const parent = value as Record<string, unknown>;
  return Object.keys(parent).flatMap((key) => [{ parent, key }, ...listSlots(parent[key])]);
};

const setOwn = (parent: Record<string, unknown>, key: string, value: unknown): void => {
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
};

const changeData = (root: { readonly top: unknown }, { how, at: where, value: shared }: DataChange): void => {
  const value: unknown = structuredClone(shared);
  const slots = listSlots(root);
  const slot = slots[at(where, slots.length)];
  if (slot === undefined) return;
  const { parent, key } = slot;
  const name = typeof value === 'string' ? value : key;
  if (how === 'replace') parent[key] = value;
  else if (how === 'wrap') parent[key] = where % 2 === 0 ? [parent[key], value] : { [name]: parent[key] };
  else if (how === 'add' && !Array.isArray(parent)) setOwn(parent, name, value);
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else {
    const old = parent[key];
    delete parent[key];
    if (how === 'rename') setOwn(parent, name, old);
  }
};

/** What the format cannot write is written as JSON, which is then one more thing that the parser must refuse. */
const write = (data: unknown, format: Format): string => {
  try {
    return (format === 'toml' ? stringify(data) : JSON.stringify(data)) ?? '';
  } catch {
    return JSON.stringify(data) ?? '';
  }
};

const hostileValue = fc.oneof(
  { weight: 5, arbitrary: hostileWord },
  { weight: 2, arbitrary: hostileText },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(null, true, 0, -1, 1.5, '', [], {}, [[]], { a: {} }, ['six'], [null]),
  },
);
const textChange = fc.record({ how: fc.constantFrom(...TEXT_CHANGES), at: fc.nat(), word: hostileWord });
const dataChange = fc.record({ how: fc.constantFrom(...DATA_CHANGES), at: fc.nat(), value: hostileValue });

const mutatedText = (samples: readonly Sample[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...samples), fc.array(textChange, { maxLength: 4 }))
    .map(([{ text }, changes]) => changes.reduce(changeText, text));

const mutatedData = (samples: readonly Sample[], format: Format): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...samples), fc.array(dataChange, { minLength: 1, maxLength: 3 }))
    .map(([{ data }, changes]) => {
      const root = { top: structuredClone(data) };
      for (const change of changes) changeData(root, change);
      return write(root.top, format);
    });

/** Noise, and valid documents with something changed: in how they are written, or in what they say. */
export const hostileDocument = (samples: readonly Sample[], format: Format): fc.Arbitrary<string> => {
  const readable = samples.filter(({ data }) => typeof data === 'object' && data !== null);
  return fc.oneof(
    { weight: 3, arbitrary: hostileText },
    ...(samples.length === 0 ? [] : [{ weight: 4, arbitrary: mutatedText(samples) }]),
    ...(readable.length === 0 ? [] : [{ weight: 4, arbitrary: mutatedData(readable, format) }]),
  );
};
