import { LABELS } from '../../contracts/labels.ts';
import type { DockerEngine } from '../../platform/docker-engine.ts';
import { toEngineError } from './engine-failure.ts';

type Labels = Readonly<Record<string, string>>;

/** An image of ours in the engine, by one of its names. */
export type OwnImage = {
  readonly name: string;
  readonly kind: string;
  /** What a commit's image is of; absent for base and environment images. */
  readonly repository?: string;
  readonly commit?: string;
  /** Of an environment, and of the commits that are built on it. */
  readonly environmentKey?: string;
  /** With all layers below, which it shares with other images. */
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** How many containers there are of it. */
  readonly containers: number;
};

const describe = ({
  [LABELS.repoUrl]: repository,
  [LABELS.commit]: commit,
  [LABELS.environmentKey]: environmentKey,
}: Labels): Partial<Pick<OwnImage, 'repository' | 'commit' | 'environmentKey'>> => ({
  ...(repository === undefined ? {} : { repository }),
  ...(commit === undefined ? {} : { commit }),
  ...(environmentKey === undefined ? {} : { environmentKey }),
});

/** The names of an image as engines list them: older ones write down that it has none. */
export const namesOf = (tags: readonly string[] | null | undefined): readonly string[] =>
  (tags ?? []).filter((name) => name !== '<none>:<none>');

/** The images in the engine that were made here, by their labels, newest first; each by all of its names. */
export const listImages = async (engine: DockerEngine): Promise<OwnImage[]> => {
  try {
    const images = await engine.listImages({ filters: { label: [LABELS.kind] } });
    const used = (await engine.listContainers({ all: true })).map(({ ImageID }) => ImageID);
    const own = images.flatMap(({ Id, RepoTags, Labels, Size, Created }) =>
      namesOf(RepoTags).map((name) => ({
        name,
        kind: Labels[LABELS.kind] ?? '',
        ...describe(Labels),
        bytes: Size,
        createdAt: Created * 1000,
        containers: used.filter((id) => id === Id).length,
      })),
    );
    return own.sort((a, b) => b.createdAt - a.createdAt);
  } catch (error) {
    throw toEngineError(error);
  }
};
