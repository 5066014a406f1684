import type { BuildRequest } from '../../services/contracts/build.ts';

type Served = { readonly url: string; readonly commit: string };

/** The request to build one commit of a served repository. */
export const makeBuildRequest = ({ url, commit }: Served, imageName = 'test/unbuilt:latest'): BuildRequest => ({
  imageName,
  repository: {
    provider: 'git',
    canonical: url.replace(/^https?:\/\//, '').replace(/\.git$/, ''),
    cloneUrl: url,
    commit,
    repoUrl: url,
    refUrl: url,
    persistentSpec: `${encodeURIComponent(url)}/${commit}`,
  },
});
