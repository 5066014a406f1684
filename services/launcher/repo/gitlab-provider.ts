import type { ProviderDisplay } from '../../contracts/repository.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { parseCommit } from '../../platform/git-ref.ts';
import { makeCanonical, type ForgeHosts } from './canonical-repository.ts';
import { decodeSpec } from './decode-spec.ts';
import { splitRef } from './git-provider.ts';
import type { GitlabApi } from './gitlab-api.ts';
import { makeDetectRegex, type RepoProvider } from './repo-provider.ts';

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
  // Not repeated: it may be an address with a token in its query.
  throw new SlipwayError('REPO_SPEC_INVALID', { message: 'The link does not name the path of a GitLab project.' });
};

export type GitlabProviderParts = {
  readonly api: GitlabApi;
  /** Where the projects are. */
  readonly address: string;
  readonly forges: ForgeHosts;
};

/** A moved project answers with the address that it has today, which can be cloned without a redirect. */
const projectOf = (commitUrl: string, origin: string): string | undefined => {
  const url = URL.parse(commitUrl);
  const [, project] = /^\/(.+?)(?:\/-)?\/commit\/[0-9a-f]+$/.exec(url?.pathname ?? '') ?? [];
  return url?.origin === origin ? project : undefined;
};

/** Public projects of GitLab, or of one other GitLab host: `<group%2Fproject>/<branch, tag, commit or HEAD>`. */
export const createGitlabProvider = ({ api, address, forges }: GitlabProviderParts): RepoProvider => {
  const { origin, host } = new URL(address);
  const display = makeDisplay(host);
  return {
    display,
    resolve: async (spec, signal) => {
      const { repo, ref } = splitRef(spec);
      const asked = parseProject(repo);
      const { id, web_url: commitUrl = '' } = await api({ project: asked, ref }, signal);
      const commit = parseCommit(id);
      if (commit === undefined)
        throw new SlipwayError('REPO_UNREACHABLE', { message: 'GitLab gave an answer that is not a commit.' });
      const project = projectOf(commitUrl, origin) ?? asked;
      const repoUrl = `${origin}/${project}`;
      return {
        provider: display.id,
        canonical: makeCanonical(new URL(repoUrl), forges),
        cloneUrl: `${repoUrl}.git`,
        commit,
        repoUrl,
        refUrl: `${repoUrl}/-/tree/${commit}`,
        persistentSpec: `${encodeURIComponent(project)}/${commit}`,
      };
    },
  };
};
