import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Header } from 'tar-stream';
import { ZipFile } from 'yazl';
import { SlipwayError } from '../../../contracts/slipway-error.ts';
import { isLinkInside } from './link-inside.ts';

export type ZipLimits = { readonly bytes: number; readonly entries: number };

type Entry = { readonly header: Header; readonly stream: Readable };

const LINK_MODE = 0o120777;
const FILE_MODE = 0o100000;

/** Below the directory that the engine puts around everything; without what a zip archive cannot have in a name. */
const makeName = (name: string): string => name.split('/').slice(1).join('/').replaceAll(/[\\:]/g, '_');

const refuse = (limits: ZipLimits): SlipwayError =>
  new SlipwayError('SESSION_WORK_TOO_LARGE', {
    message: `The files are more than ${Math.round(limits.bytes / 2 ** 20)} MiB or ${limits.entries} files.`,
  });

/** Counts what goes into the archive; throws SESSION_WORK_TOO_LARGE at the first entry beyond the limits. */
const createCounter = (limits: ZipLimits) => {
  let [bytes, entries] = [0, 0];
  return (size: number): void => {
    bytes += size;
    entries += 1;
    if (bytes > limits.bytes || entries > limits.entries) throw refuse(limits);
  };
};

const addFile = async (zip: ZipFile, { header, stream }: Entry, name: string): Promise<void> => {
  const options = { mtime: header.mtime ?? new Date(0), mode: FILE_MODE | ((header.mode ?? 0o644) & 0o777) };
  zip.addReadStream(stream, name, { ...options, size: header.size ?? 0 });
  await new Promise<void>((resolve, reject) => {
    stream.once('end', resolve).once('error', reject).once('close', resolve);
  });
};

const addEntry = async (zip: ZipFile, entry: Entry): Promise<void> => {
  const { header, stream } = entry;
  const name = makeName(header.name);
  if (name !== '' && (header.type === 'file' || header.type === 'contiguous-file')) return addFile(zip, entry, name);
  stream.resume();
  const mtime = header.mtime ?? new Date(0);
  const target = header.linkname ?? '';
  if (header.type === 'directory' && name !== '') zip.addEmptyDirectory(name, { mtime });
  if (header.type === 'symlink' && isLinkInside(name, target))
    zip.addBuffer(Buffer.from(target), name, { mtime, mode: LINK_MODE });
};

const fill = async (zip: ZipFile, tar: Readable, limits: ZipLimits): Promise<void> => {
  const count = createCounter(limits);
  const entries = extract();
  const read = pipeline(tar, entries);
  const add = async (): Promise<void> => {
    for await (const entry of entries) {
      count(entry.header.size ?? 0);
      await addEntry(zip, { header: entry.header, stream: entry as unknown as Readable });
    }
  };
  await Promise.all([read, add()]);
  zip.end();
};

/**
 * Makes a zip archive of a tar archive while both are on their way; the first directory of its names is taken off.
 * Symbolic links that lead out, hard links, devices and pipes are left out. The stream is destroyed with
 * SESSION_WORK_TOO_LARGE beyond the limits, so that a cut archive is never taken for a whole one.
 */
export const zipTar = (tar: Readable, limits: ZipLimits): Readable => {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const stop = (error: unknown): void => {
    tar.destroy();
    output.destroy(error instanceof Error ? error : new Error(String(error)));
  };
  zip.on('error', stop);
  output.once('close', () => tar.destroy());
  fill(zip, tar, limits).catch(stop);
  return output;
};
