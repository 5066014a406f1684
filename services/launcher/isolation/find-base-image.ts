import type { DockerEngine } from '../../platform/docker-engine.ts';

/** The newest base image of an installation; its name is one that no repository can give to an image. */
export const findBaseImage = async (engine: DockerEngine, imagePrefix: string): Promise<string> => {
  const images = await engine.listImages();
  const bases = images
    .toSorted((left, right) => right.Created - left.Created)
    .flatMap(({ RepoTags }) => RepoTags ?? [])
    .filter((tag) => tag.startsWith(`${imagePrefix}base:`));
  if (bases[0] === undefined) throw new Error('there is no base image to start the helper from');
  return bases[0];
};
