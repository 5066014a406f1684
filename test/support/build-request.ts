import type { BuildRequest } from '../../services/contracts/build.ts';

const COMMIT = 'f7f3ff6d1bf708bdc12e5f10e18b2a90a4795603';

/** A request to build an image of a repository. */
export const makeBuildRequest = (imageName: string, canonical = 'example.org/repository'): BuildRequest => ({
  imageName,
  repository: {
    provider: 'git',
    canonical,
    cloneUrl: `https://${canonical}`,
    commit: COMMIT,
    repoUrl: `https://${canonical}`,
    refUrl: `https://${canonical}`,
    persistentSpec: `${encodeURIComponent(`https://${canonical}`)}/${COMMIT}`,
  },
});
