import type { Readable } from 'node:stream';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { SlipwayError } from '../contracts/slipway-error.ts';

const MAX_ANSWER_BYTES = 16 * 2 ** 20;

/** Reads an answer that must be JSON of a shape; `who` gave it. Throws FETCH_FAILED. */
export const readJson = async <T extends TSchema>(response: Readable, schema: T, who: string): Promise<Static<T>> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) break;
    chunks.push(chunk);
  }
  try {
    return Value.Parse(schema, JSON.parse(Buffer.concat(chunks).toString()));
  } catch (cause) {
    throw new SlipwayError('FETCH_FAILED', { message: `${who} gave an answer that cannot be read.`, cause });
  }
};
