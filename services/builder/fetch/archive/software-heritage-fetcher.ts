import { toRequestError } from '../../../archives/archive-client.ts';
import { SlipwayError } from '../../../contracts/slipway-error.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { ContentFetcher } from '../content-fetcher.ts';
import { findSubdirectory } from '../find-subdirectory.ts';
import { extractTar } from './extract-tar.ts';
import type { Bundle, SoftwareHeritageApi } from './software-heritage-api.ts';
import { renderSwhid, type Swhid } from './swhid.ts';
import { hashTree } from './tree-hash.ts';
import { findTop } from './unpack.ts';

export type SoftwareHeritageOptions = {
  readonly swhid: Swhid;
  readonly api: SoftwareHeritageApi;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly maxBytes: number;
};

type Found = { readonly directory: string; readonly committedAt: number };

const POLL_MS = 5000;
const MAX_ENTRIES = 200_000;
/** A directory has no time of its own; this is the first one that every format of archives can hold. */
const NO_TIME = Date.UTC(1980, 0, 2) / 1000;

const find = async ({ swhid, api }: SoftwareHeritageOptions, signal: AbortSignal): Promise<Found> =>
  swhid.kind === 'rev' ? api.revision(swhid.hash, signal) : { directory: swhid.hash, committedAt: NO_TIME };

/** Waits until the vault has packed a directory; that may take minutes the first time. */
const waitForBundle = async function* (
  { api, clock }: SoftwareHeritageOptions,
  directory: string,
  signal: AbortSignal,
): AsyncGenerator<string, Bundle> {
  let bundle = await api.bundle(directory, 'POST', signal);
  for (; bundle.status === 'new' || bundle.status === 'pending'; bundle = await api.bundle(directory, 'GET', signal)) {
    yield `Software Heritage is packing the directory${bundle.progress_message ? `: ${bundle.progress_message}` : ''}\n`;
    await clock.sleep(POLL_MS, signal);
  }
  if (bundle.status === 'done') return bundle;
  throw new SlipwayError('FETCH_FAILED', {
    message: `Software Heritage could not pack the directory: ${bundle.progress_message ?? 'it gives no reason'}`,
  });
};

const fetchDirectory = async function* (
  options: SoftwareHeritageOptions,
  into: string,
  signal: AbortSignal,
): AsyncGenerator<string, Found> {
  yield `Fetching ${renderSwhid(options.swhid)} from Software Heritage\n`;
  const { directory, committedAt } = await find(options, signal);
  const bundle = yield* waitForBundle(options, directory, signal);
  const archive = await options.api.download(bundle, signal);
  await extractTar(archive, { into, maxBytes: options.maxBytes, maxEntries: MAX_ENTRIES, signal, isGzipped: true });
  // The vault puts everything into one directory, whose name is the identifier.
  const top = await findTop(into);
  if ((await hashTree(top)) === directory) yield `The content has the hash ${directory}\n`;
  else
    yield `The content does not have the hash ${directory}: some of it is not in the archive (submodules, withheld files), or it was changed\n`;
  return { directory: top, committedAt };
};

/** Fetches the content of one identifier of Software Heritage; keeps the promises of ContentFetcher. */
export const createSoftwareHeritageFetcher = (options: SoftwareHeritageOptions): ContentFetcher => ({
  async *fetch(request, into, signal) {
    const limit = AbortSignal.timeout(options.timeoutMs);
    try {
      const { directory, committedAt } = yield* fetchDirectory(options, into, AbortSignal.any([signal, limit]));
      return { directory: await findSubdirectory(directory, request.subdir ?? ''), committedAt };
    } catch (error) {
      signal.throwIfAborted();
      if (limit.aborted) throw new SlipwayError('FETCH_TIMEOUT', { cause: error });
      throw toRequestError(error, 'Software Heritage');
    }
  },
});
