import { LABELS } from '../../contracts/labels.ts';
import { ignoreNotFound, type DockerEngine } from '../../platform/docker-engine.ts';

/** More than this takes longer to copy than it is worth: about as long as Jupyter needs to start. */
const MOST_BYTES = 64 * 2 ** 20;

const inspectImage = (engine: DockerEngine, name: string) => ignoreNotFound(engine.getImage(name).inspect());

/**
 * The image of the environment of a commit's image, if that is what this engine has below its content, and the content
 * is not large; else the image itself.
 */
export const findWaitingPlace = async (engine: DockerEngine, image: string): Promise<string> => {
  const commit = await inspectImage(engine, image);
  const place = commit?.Config.Labels?.[LABELS.waitsIn];
  if (commit === undefined || !place) return image;
  const environment = await inspectImage(engine, place);
  if (environment === undefined || commit.Size - environment.Size > MOST_BYTES) return image;
  const [above, below] = [commit.RootFS.Layers ?? [], environment.RootFS.Layers ?? []];
  const isBelow = above.length === below.length + 1 && below.every((layer, index) => layer === above[index]);
  return isBelow ? place : image;
};
