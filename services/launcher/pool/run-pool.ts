import { makeImageName } from '../../contracts/image-name.ts';
import type { ResolvedRepository } from '../../contracts/repository.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { runToResult } from '../../platform/run-to-result.ts';
import type { BuildQueue } from '../builds/build-queue.ts';
import { withSlash } from '../http/visible-address.ts';
import type { ImageFinder } from '../launch-pipeline.ts';
import type { RepoProviders } from '../repo/index.ts';
import type { Wish } from './decide-pool.ts';
import type { WarmPool } from './warm-pool.ts';

export type ConfiguredPool = {
  readonly pool: WarmPool;
  readonly repositories: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly providers: RepoProviders;
  readonly images: ImageFinder;
  readonly builds: Pick<BuildQueue, 'follow'>;
  readonly imagePrefix: string;
  /** The control address as visitors see it; empty when it is only known from their requests. */
  readonly publicUrl: string;
};

const ensureImage = async (
  { images, builds, imagePrefix: prefix }: ConfiguredPool,
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

/**
 * One entry of pool.repositories as it is now: the repository at its commit, its image found or built. Throws what
 * the providers and the builder throw.
 */
const resolveEntry = async (parts: ConfiguredPool, entry: string, signal: AbortSignal): Promise<Wish> => {
  const [, provider = '', spec = '', count] = /^([^/]+)\/(.*)=(\d+)$/.exec(entry) ?? [];
  const repository = await parts.providers.get(provider).resolve(spec, signal);
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
  return { session, count: Number(count) };
};

/** A repository that cannot be looked up or built now keeps what waits of it. */
const refreshEntry = async (parts: ConfiguredPool, entry: string, signal: AbortSignal): Promise<void> => {
  try {
    parts.pool.hold(`configured ${entry}`, [await resolveEntry(parts, entry, signal)]);
  } catch (error) {
    if (!signal.aborted) parts.logger.warn({ err: error, entry }, 'a repository of pool.repositories is not there');
  }
};

/** Looks after the pool until the signal is aborted: what an earlier process left waiting, then what is configured. */
export const runPool = async (parts: ConfiguredPool, signal: AbortSignal): Promise<void> => {
  const { pool, repositories, clock } = parts;
  await pool
    .adopt()
    .catch((error: unknown) => parts.logger.warn({ err: error }, 'waiting sessions could not be listed'));
  const refresh = () => Promise.all(repositories.map((entry) => refreshEntry(parts, entry, signal)));
  await refresh();
  const refreshing = async (): Promise<void> => {
    while (repositories.length > 0 && !signal.aborted) {
      await clock.sleep(RESOLVE_MS, signal).catch(() => undefined);
      if (!signal.aborted) await refresh();
    }
  };
  await Promise.all([pool.run(signal), refreshing()]);
};
