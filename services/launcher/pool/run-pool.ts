import { makeImageName } from '../../contracts/image-name.ts';
import type { ResolvedRepository } from '../../contracts/repository.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { runToResult } from '../../platform/run-to-result.ts';
import type { Admission } from '../admission/admit.ts';
import type { BuildQueue } from '../builds/build-queue.ts';
import { withSlash } from '../http/visible-address.ts';
import type { ImageFinder } from '../launch-pipeline.ts';
import type { RepoProviders } from '../repo/index.ts';
import type { Wish } from './decide-pool.ts';
import type { PoolDemands } from './pool-demands.ts';
import { listPoolEntries, type PoolEntry } from './pool-entries.ts';
import type { WarmPool } from './warm-pool.ts';

export type RunningPool = {
  readonly pool: Pick<WarmPool, 'hold' | 'adopt' | 'run'>;
  readonly repositories: readonly string[];
  readonly demands: Pick<PoolDemands, 'list'>;
  readonly checkMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly providers: RepoProviders;
  readonly admission: Pick<Admission, 'judge'>;
  readonly images: ImageFinder;
  readonly builds: Pick<BuildQueue, 'follow'>;
  readonly imagePrefix: string;
  /** The control address as visitors see it; empty when it is only known from their requests. */
  readonly publicUrl: string;
};

const ensureImage = async (
  { images, builds, imagePrefix: prefix }: RunningPool,
  repository: ResolvedRepository,
  signal: AbortSignal,
): Promise<string> => {
  const imageName = makeImageName({ prefix, canonical: repository.canonical, commit: repository.commit });
  if (await runToResult(images.find(imageName, signal))) return imageName;
  const result = await runToResult(builds.follow({ imageName, repository }, signal));
  if (!result.ok) throw new Error(`the image could not be built: ${result.error.message}`);
  return imageName;
};

/** How soon a new commit of a branch is noticed. */
const RESOLVE_MS = 300_000;

/** The repository of an entry at its commit as it is now, its image found or built. Throws what the providers, the policy and the builder throw. */
const resolveEntry = async (parts: RunningPool, { repo, count }: PoolEntry, signal: AbortSignal): Promise<Wish> => {
  const { provider, spec } = repo;
  const repository = await parts.providers.get(provider).resolve(spec, signal);
  parts.admission.judge(repository.canonical);
  const image = await ensureImage(parts, repository, signal);
  const { canonical, repoUrl, refUrl } = repository;
  const launchHost = parts.publicUrl === '' ? {} : { launchHost: withSlash(parts.publicUrl) };
  const session = {
    image,
    canonical,
    repoUrl,
    refUrl,
    request: `v2/${provider}/${spec}`,
    persistentRequest: `v2/${repository.provider}/${repository.persistentSpec}`,
    ...launchHost,
  };
  return { session, count };
};

/** What is known of an entry, under its name: what it asked for, and when that was looked up. */
type Known = { readonly wanted: string; readonly at: number };
type Refreshing = { readonly parts: RunningPool; readonly known: Map<string, Known>; readonly signal: AbortSignal };

/** A repository that cannot be looked up or built now keeps what waits of it. */
const refreshEntry = async ({ parts, known, signal }: Refreshing, entry: PoolEntry): Promise<void> => {
  const wanted = JSON.stringify(entry);
  const isCurrent = (): boolean => known.get(entry.name)?.wanted === wanted;
  known.set(entry.name, { wanted, at: parts.clock.now() });
  try {
    const wish = await resolveEntry(parts, entry, signal);
    if (isCurrent()) parts.pool.hold(entry.name, [wish]);
  } catch (error) {
    const context = { err: error, entry: entry.name };
    if (!signal.aborted) parts.logger.warn(context, 'a repository of which sessions are to wait is not there');
  }
};

/** Begins to look up what is new, has changed or was looked up long ago, and lets go what nobody asks for any more. */
const compareEntries = (refreshing: Refreshing, entries: readonly PoolEntry[]): readonly Promise<void>[] => {
  const { parts, known } = refreshing;
  const gone = [...known.keys()].filter((name) => !entries.some((entry) => entry.name === name));
  for (const name of gone) {
    known.delete(name);
    parts.pool.hold(name, []);
  }
  const isDue = (entry: PoolEntry): boolean => {
    const had = known.get(entry.name);
    return had?.wanted !== JSON.stringify(entry) || parts.clock.now() - had.at >= RESOLVE_MS;
  };
  return entries.filter(isDue).map((entry) => refreshEntry(refreshing, entry));
};

/** One round; gives what it began, which may take as long as a build. */
const lookAtEntries = async (refreshing: Refreshing): Promise<readonly Promise<void>[]> => {
  const { repositories, demands, clock, logger } = refreshing.parts;
  try {
    return compareEntries(refreshing, await listPoolEntries(repositories, demands, clock.now()));
  } catch (error) {
    logger.warn({ err: error }, 'what is to wait could not be read; trying again');
    return [];
  }
};

const keepEntries = async (refreshing: Refreshing): Promise<void> => {
  const { parts, signal } = refreshing;
  let running: Promise<unknown> = Promise.resolve();
  while (!signal.aborted) {
    await parts.clock.sleep(parts.checkMs, signal).catch(() => undefined);
    if (signal.aborted) break;
    running = Promise.all([running, ...(await lookAtEntries(refreshing))]).then(() => undefined);
  }
  await running;
};

/**
 * Looks after the pool until the signal is aborted: what an earlier process left waiting, then what is asked for. The
 * first round comes before anything is ended, because until then nobody seems to ask for what waits.
 */
export const runPool = async (parts: RunningPool, signal: AbortSignal): Promise<void> => {
  const { pool, logger } = parts;
  const refreshing: Refreshing = { parts, known: new Map(), signal };
  await pool.adopt().catch((error: unknown) => logger.warn({ err: error }, 'waiting sessions could not be listed'));
  await Promise.all(await lookAtEntries(refreshing));
  await Promise.all([pool.run(signal), keepEntries(refreshing)]);
};
