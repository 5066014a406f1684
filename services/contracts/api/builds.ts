import { Type, type Static } from 'typebox';

/** A build that is not finished. */
const BuildView = Type.Object({
  image: Type.String({ description: 'The name of the image, which is the identity of the build.' }),
  state: Type.Union([Type.Literal('queued'), Type.Literal('running')]),
  repoUrl: Type.String({ description: 'The repository, as people see it.' }),
  commit: Type.String(),
});

export const BuildList = Type.Object({ builds: Type.Array(BuildView) });
export type BuildList = Static<typeof BuildList>;
