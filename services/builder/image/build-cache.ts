import type { DockerEngine } from '../../platform/docker-engine.ts';
import { toEngineError } from './engine-failure.ts';

/** The engine tells how many bytes it freed. */
type Pruned = { readonly SpaceReclaimed?: number };

/**
 * Removes what the engine keeps of builds and nothing used for so long: layers of steps that no image has, contexts,
 * and the caches that steps mount, which hold downloaded packages. Gives the bytes that became free. The engine has one
 * build cache, and does not say whose builds it is of.
 */
export const pruneBuildCache = async (engine: DockerEngine, unusedForMs: number): Promise<number> => {
  const filters = unusedForMs === 0 ? {} : { 'unused-for': [`${Math.ceil(unusedForMs / 1000)}s`] };
  const dial = {
    path: '/build/prune?',
    method: 'POST',
    options: { _query: { all: true, filters: JSON.stringify(filters) }, _body: {} },
    statusCodes: { 200: true },
  };
  try {
    const pruned = await new Promise<Pruned>((resolve, reject) => {
      engine.modem.dial(dial, (error, data) => (error ? reject(error) : resolve(data as Pruned)));
    });
    return pruned.SpaceReclaimed ?? 0;
  } catch (error) {
    throw toEngineError(error);
  }
};
