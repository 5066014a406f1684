import type { ProviderDisplay } from '../../contracts/repository.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { parseCommit } from '../../platform/git-ref.ts';
import { makeCanonical } from './canonical-repository.ts';
import { decodeSpec } from './decode-spec.ts';
import { splitRef, type GitProviderParts } from './git-provider.ts';
import { makeDetectRegex, type RepoProvider } from './repo-provider.ts';
import { resolveGitRef } from './resolve-git-ref.ts';

const makeDisplay = (host: string): ProviderDisplay => ({
  displayName: 'GitLab',
  id: 'gl',
  spec: { validateRegex: '[^/]+/.+' },
  detect: { regex: makeDetectRegex(host) },
  repo: { label: 'GitLab project or address', placeholder: 'group/project', urlEncode: true },
  ref: { enabled: true, default: 'HEAD' },
});

/** What GitLab allows as a part of a path. */
const SEGMENT = /^[A-Za-z0-9_.][A-Za-z0-9_.-]*$/;

const parseProject = (encoded: string): string => {
  const project = decodeSpec(encoded)
    .replace(/\/+$/, '')
    .replace(/\.git$/i, '');
  const segments = project.split('/');
  if (segments.length < 2)
    throw new SlipwayError('REPO_SPEC_INVALID', {
      message: 'A GitLab link needs the group and the project in one part: gl/group%2Fproject/HEAD.',
      hint: 'Write each / between groups and project as %2F; the home page makes such links.',
    });
  if (segments.every((segment) => SEGMENT.test(segment) && !/^\.+$/.test(segment))) return project;
  throw new SlipwayError('REPO_SPEC_INVALID', { message: `${project} cannot be the path of a GitLab project.` });
};

/**
 * Public projects of GitLab, or of one other GitLab host: `<group%2Fproject>/<branch, tag, full commit or HEAD>`.
 * Refs are asked for over Git, which has no limit of requests.
 */
export const createGitlabProvider = (parts: GitProviderParts & { readonly address: string }): RepoProvider => {
  const { origin, host } = new URL(parts.address);
  const display = makeDisplay(host);
  return {
    display,
    resolve: async (spec, signal) => {
      const { repo, ref } = splitRef(spec);
      const project = parseProject(repo);
      const asked = new URL(`${origin}/${project}.git`);
      const known = parseCommit(ref);
      const { url, commit } =
        known === undefined ? await resolveGitRef(parts, { url: asked, ref }, signal) : { url: asked, commit: known };
      const name = url.origin === origin ? url.pathname.slice(1).replace(/\.git$/, '') : project;
      const repoUrl = `${origin}/${name}`;
      return {
        provider: display.id,
        canonical: makeCanonical(url, parts.forges),
        cloneUrl: url.href,
        commit,
        repoUrl,
        refUrl: `${repoUrl}/-/tree/${commit}`,
        persistentSpec: `${encodeURIComponent(name)}/${commit}`,
      };
    },
  };
};
