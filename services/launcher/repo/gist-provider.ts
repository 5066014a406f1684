import type { ProviderDisplay } from '../../contracts/repository.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { parseCommit } from '../../platform/git-ref.ts';
import { makeCanonical } from './canonical-repository.ts';
import { decodeSpec } from './decode-spec.ts';
import type { GithubApi } from './github-api.ts';
import type { GithubProviderParts } from './github-provider.ts';
import { makeDetectRegex, type RepoProvider } from './repo-provider.ts';

export type GistProviderParts = GithubProviderParts & {
  /** Whether a gist that is on no list may be launched: whoever has its id can read it. */
  readonly allowSecret: boolean;
};

type GistSpec = { readonly owner: string; readonly id: string; readonly ref: string };
type Gist = { readonly isPublic: boolean; readonly owner: string | undefined; readonly versions: readonly string[] };
/** The part of an answer that is read; the API promises none of it. */
type Answer = {
  readonly public?: boolean;
  readonly owner?: { readonly login?: string } | null;
  readonly history?: readonly { readonly version?: string }[] | null;
};

const makeDisplay = (host: string): ProviderDisplay => ({
  displayName: 'GitHub Gist',
  id: 'gist',
  spec: { validateRegex: '[^/]+/[^/]+(/[^/]+)?' },
  detect: { regex: makeDetectRegex(host) },
  repo: { label: 'Gist (owner/id) or address', placeholder: 'owner/id', urlEncode: false },
  ref: { enabled: true, default: 'HEAD' },
});

const refuse = (message: string, hint?: string): never => {
  throw new SlipwayError('REPO_SPEC_INVALID', { message, hint });
};

const parseSpec = (spec: string): GistSpec => {
  const [owner = '', name = '', ref = 'HEAD', ...rest] = spec.split('/').map(decodeSpec);
  const id = name.replace(/\.git$/i, '').toLowerCase();
  if (!/^[A-Za-z0-9_-]+$/.test(owner) || name === '' || rest.length > 0)
    refuse('A link to a gist is gist/owner/id or gist/owner/id/version.');
  if (!/^[0-9a-f]+$/.test(id)) refuse(`${name} cannot be the id of a gist.`);
  return { owner, id, ref };
};

const readGist = (answer: Answer): Gist => ({
  isPublic: answer.public === true,
  owner: answer.owner?.login,
  versions: (answer.history ?? []).flatMap(({ version }) => (version === undefined ? [] : [version])),
});

const findGist = (api: GithubApi, { owner, id, ref }: GistSpec, signal: AbortSignal): Promise<Gist> => {
  const question = {
    name: { kind: 'gist', name: `${owner}/${id}`, ref },
    key: `gist/${id}`,
    send: (...[octokit, options]: Parameters<Parameters<GithubApi>[0]['send']>) =>
      octokit.gists.get({ gist_id: id, ...options }),
    read: readGist,
  } as const;
  return api(question, signal);
};

/** A gist has one branch, whatever people call it. */
const BRANCHES = new Set(['', 'HEAD', 'main', 'master']);

const findVersion = ({ versions }: Gist, ref: string): string => {
  const [newest] = versions;
  const version = BRANCHES.has(ref) ? newest : versions.find((known) => known === ref.toLowerCase());
  const commit = parseCommit(version ?? '');
  if (commit !== undefined) return commit;
  throw new SlipwayError('REPO_REF_NOT_FOUND', {
    message: BRANCHES.has(ref) ? 'The gist has no version.' : `The gist has no version ${ref}.`,
    hint: 'Use HEAD for the newest version; an older one must be named by its full id.',
  });
};

/** Gists: `owner/id`, or `owner/id/version`. */
export const createGistProvider = ({ api, forges, allowSecret }: GistProviderParts): RepoProvider => {
  const display = makeDisplay(forges.gist);
  return {
    display,
    resolve: async (spec, signal) => {
      const asked = parseSpec(spec);
      const gist = await findGist(api, asked, signal);
      if (!gist.isPublic && !allowSecret)
        throw new SlipwayError('REPO_NOT_FOUND', {
          message: 'This gist is secret, and this server launches public ones.',
          hint: 'Make the gist public, or ask the operator to allow secret gists (github.secretGists).',
        });
      const commit = findVersion(gist, asked.ref);
      const name = `${gist.owner ?? asked.owner}/${asked.id}`;
      const repoUrl = `https://${forges.gist}/${name}`;
      return {
        provider: display.id,
        canonical: makeCanonical(new URL(repoUrl), forges),
        cloneUrl: `https://${forges.gist}/${asked.id}.git`,
        commit,
        repoUrl,
        refUrl: `${repoUrl}/${commit}`,
        persistentSpec: `${name}/${commit}`,
      };
    },
  };
};
