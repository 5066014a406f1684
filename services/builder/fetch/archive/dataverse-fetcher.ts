import { createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { SlipwayError } from '../../../contracts/slipway-error.ts';
import type { ContentFetcher } from '../content-fetcher.ts';
import { findSubdirectory } from '../find-subdirectory.ts';
import { createArchiveTree } from './archive-tree.ts';
import type { DataverseAddress, DataverseApi, DataverseFile, DataverseVersion } from './dataverse-api.ts';
import { toRequestError } from './request-failure.ts';

export type DataverseOptions = {
  readonly api: DataverseApi;
  readonly address: DataverseAddress;
  readonly version: DataverseVersion;
  readonly timeoutMs: number;
  readonly maxBytes: number;
};

/** A file to download: where to, how large it is, and its checksum where that is one of what is downloaded. */
type Download = { readonly path: string; readonly id: number; readonly size: number; readonly md5: string | undefined };

const MAX_FILES = 20_000;
/** For a version that does not say when it was released: the first time that every format of archives can hold. */
const NO_TIME = Date.UTC(1980, 0, 2) / 1000;

/** Of a table that Dataverse converted, what was uploaded is downloaded; the checksum may be that of the conversion. */
const makeDownload = ({
  label,
  directoryLabel,
  dataFile,
}: DataverseFile): Omit<Download, 'path'> & { name: string } => {
  const isConverted = dataFile.originalFileFormat !== undefined;
  const file = (isConverted ? dataFile.originalFileName : undefined) ?? label;
  return {
    name: directoryLabel === undefined ? file : `${directoryLabel}/${file}`,
    id: dataFile.id,
    size: (isConverted ? dataFile.originalFileSize : undefined) ?? dataFile.filesize,
    md5: isConverted ? undefined : dataFile.md5,
  };
};

/** Names come from an API, and are trusted no more than those of an archive. */
const listDownloads = ({ files }: DataverseVersion): readonly Download[] => {
  const tree = createArchiveTree(MAX_FILES);
  return files
    .filter(({ restricted }) => restricted !== true)
    .map(makeDownload)
    .flatMap(({ name, ...rest }) => {
      const step = tree.add({ name, type: 'file' });
      return step === undefined ? [] : [{ ...rest, path: step.path }];
    });
};

const damaged = (path: string, what: string): SlipwayError =>
  new SlipwayError('FETCH_FAILED', { message: `The file ${path} did not arrive as it is described: ${what}.` });

const save = async (body: Readable, { path, size, md5 }: Download, into: string): Promise<void> => {
  const hash = createHash('md5');
  let received = 0;
  const checked = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      received += chunk.length;
      if (received > size) throw damaged(path, `it has more than ${size} bytes`);
      hash.update(chunk);
      yield chunk;
    }
  };
  const target = join(into, path);
  await mkdir(dirname(target), { recursive: true });
  await using file = await open(target, 'wx', 0o644);
  await file.writeFile(checked());
  if (received !== size) throw damaged(path, `it has ${received} bytes instead of ${size}`);
  if (md5 !== undefined && hash.digest('hex') !== md5) throw damaged(path, 'its checksum differs');
};

const fetchFiles = async function* (
  options: DataverseOptions,
  into: string,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const { api, address, version, maxBytes } = options;
  const downloads = listDownloads(version);
  const total = downloads.reduce((sum, { size }) => sum + size, 0);
  const name = `${address.persistentId} ${version.versionNumber}.${version.versionMinorNumber}`;
  yield `Fetching ${downloads.length} files of ${name} from ${new URL(address.origin).host}\n`;
  const restricted = version.files.length - downloads.length;
  if (restricted > 0) yield `${restricted} of its files are restricted or left out, and are not fetched\n`;
  if (total > maxBytes)
    throw new SlipwayError('FETCH_TOO_LARGE', {
      message: `The dataset is larger than the ${Math.floor(maxBytes / 2 ** 20)} MiB that this server allows.`,
    });
  for (const download of downloads) await save(await api.download(address.origin, download.id, signal), download, into);
  const verified = downloads.filter(({ md5 }) => md5 !== undefined).length;
  yield `All sizes are right, and ${verified} of ${downloads.length} checksums were verified\n`;
};

/** Fetches the files of one version of a Dataverse dataset; keeps the promises of ContentFetcher. */
export const createDataverseFetcher = (options: DataverseOptions): ContentFetcher => ({
  async *fetch(request, into, signal) {
    const limit = AbortSignal.timeout(options.timeoutMs);
    try {
      yield* fetchFiles(options, into, AbortSignal.any([signal, limit]));
      const committedAt = Math.floor(Date.parse(options.version.releaseTime ?? '') / 1000) || NO_TIME;
      return { directory: await findSubdirectory(into, request.subdir ?? ''), committedAt };
    } catch (error) {
      signal.throwIfAborted();
      if (limit.aborted) throw new SlipwayError('FETCH_TIMEOUT', { cause: error });
      throw toRequestError(error, 'The Dataverse installation');
    }
  },
});
