import type { RepoSpec } from '../../contracts/repository.ts';
import type { PoolDemands } from './pool-demands.ts';

/** A repository of which so many sessions are to wait; the name tells who asks. */
export type PoolEntry = { readonly name: string; readonly repo: RepoSpec; readonly count: number };

/** An entry of pool.repositories: PROVIDER/SPEC=COUNT, as the settings check it. */
const parsePoolEntry = (entry: string): PoolEntry => {
  const [, provider = '', spec = '', count] = /^([^/]+)\/(.*)=(\d+)$/.exec(entry) ?? [];
  return { name: `configured ${entry}`, repo: { provider, spec }, count: Number(count) };
};

/** What is to wait at `now`: what the settings say, and what operators asked for. */
export const listPoolEntries = async (
  repositories: readonly string[],
  demands: Pick<PoolDemands, 'list'>,
  now: number,
): Promise<readonly PoolEntry[]> => {
  const asked = (await demands.list(now)).map(({ name, provider, spec, count }): PoolEntry => ({
    name: `demand ${name}`,
    repo: { provider, spec },
    count,
  }));
  return [...repositories.map(parsePoolEntry), ...asked];
};
