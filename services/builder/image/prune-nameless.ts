import { LABELS } from '../../contracts/labels.ts';
import { engineStatus, type DockerEngine } from '../../platform/docker-engine.ts';
import { toEngineError } from './engine-failure.ts';

export type Nameless = {
  readonly imagePrefix: string;
  /** Younger ones may be about to be named; milliseconds since 1970. */
  readonly before: number;
};

/**
 * Removes images that were made below a prefix and have no name any more: another image has it now, or whoever made them
 * was killed. Gives how many: their bytes are not free before the build cache lets go of their layers as well. The engine
 * itself looks, at the moment that it removes one, that it has no name, and that no container and no other image is of it.
 */
export const pruneNameless = async (engine: DockerEngine, { imagePrefix, before }: Nameless): Promise<number> => {
  const filters = { dangling: ['true'], label: [`${LABELS.imagePrefix}=${imagePrefix}`] };
  const until = [String(Math.floor(before / 1000))];
  try {
    const nameless = (await engine.listImages({ filters })).map(({ Id }) => Id);
    if (nameless.length === 0) return 0;
    // What was deleted are layers too.
    const { ImagesDeleted } = await engine.pruneImages({ filters: JSON.stringify({ ...filters, until }) });
    return (ImagesDeleted ?? []).filter(({ Deleted }) => nameless.includes(Deleted)).length;
  } catch (error) {
    // Somebody else prunes right now.
    if (engineStatus(error) === 409) return 0;
    throw toEngineError(error);
  }
};
