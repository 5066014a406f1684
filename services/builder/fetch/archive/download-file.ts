import { createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import type { RecordFile } from '../../../archives/archive-record.ts';
import { SlipwayError } from '../../../contracts/slipway-error.ts';
import { makeSizeError } from './archive-limits.ts';

/** Where a file goes, and how many bytes it may have where its size is unknown. */
export type Target = { readonly path: string; readonly maxBytes: number };

const damaged = (name: string, what: string): SlipwayError =>
  new SlipwayError('FETCH_FAILED', { message: `The file ${name} did not arrive as it is described: ${what}.` });

const plural = (bytes: number): string => `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;

/**
 * Writes a body to a new file and gives its size. Throws FETCH_FAILED where size or checksum are not what the archive
 * states, and FETCH_TOO_LARGE.
 */
export const downloadFile = async (
  body: Readable,
  { name, size, checksum }: RecordFile,
  { path, maxBytes }: Target,
): Promise<number> => {
  const hash = createHash(checksum?.algorithm ?? 'md5');
  let received = 0;
  const checked = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      received += chunk.length;
      if (size !== undefined && received > size) throw damaged(name, `it has more than ${plural(size)}`);
      if (received > maxBytes) throw makeSizeError('The record', maxBytes);
      hash.update(chunk);
      yield chunk;
    }
  };
  await mkdir(dirname(path), { recursive: true });
  await using file = await open(path, 'wx', 0o644);
  await file.writeFile(checked());
  if (size !== undefined && received !== size) throw damaged(name, `it has ${plural(received)} instead of ${size}`);
  if (checksum !== undefined && hash.digest('hex') !== checksum.hex) throw damaged(name, 'its checksum differs');
  return received;
};
