import { engineStatus, ignoreNotFound, type DockerEngine } from '../../platform/docker-engine.ts';

/** The id of the image that `name` stands for now and that a build is about to replace. */
export const findReplaced = async (engine: DockerEngine, name: string): Promise<string | undefined> =>
  (await ignoreNotFound(engine.getImage(name).inspect()))?.Id;

/**
 * Removes the image that `name` stood for before, when it stands for another one now and nothing uses the old one;
 * otherwise each rebuild would leave an image without a name. Call with what `findReplaced` gave.
 */
export const removeReplaced = async (engine: DockerEngine, name: string, before: string | undefined): Promise<void> => {
  if (before === undefined || before === (await findReplaced(engine, name))) return;
  try {
    await ignoreNotFound(engine.getImage(before).remove());
  } catch (error) {
    if (engineStatus(error) !== 409) throw error;
  }
};
