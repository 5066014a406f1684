import { describe, expect, it } from 'vitest';
import { createGistProvider } from '../../../services/launcher/repo/gist-provider.ts';
import { createGithubApi } from '../../../services/launcher/repo/github-api.ts';
import { createGithubProvider } from '../../../services/launcher/repo/github-provider.ts';
import { createGitlabApi } from '../../../services/launcher/repo/gitlab-api.ts';
import { createGitlabProvider } from '../../../services/launcher/repo/gitlab-provider.ts';
import { createGitProvider } from '../../../services/launcher/repo/git-provider.ts';
import type { RepoProvider } from '../../../services/launcher/repo/repo-provider.ts';
import { createAddressGuard } from '../../../services/platform/address-guard.ts';
import { systemClock } from '../../../services/platform/clock.ts';
import { createGuardedRequest } from '../../../services/platform/guarded-request.ts';
import { refusalOf } from '../../conformance/repo-provider.ts';
import { startAnsweringServer } from '../../support/answering-server.ts';
import { FORGES } from '../../support/forges.ts';

const SHA = 'f7f3ff6d1bf708bdc12e5f10e18b2a90a4795603';
const never = (): AbortSignal => new AbortController().signal;

type Answer = { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown };

const FOUND: Answer = {
  status: 200,
  headers: { etag: 'W/"abc"', 'x-ratelimit-remaining': '4999' },
  body: { sha: SHA },
};

/** Resolves a spec with an API that answers one way; the answer, or the code of the refusal, and what was asked. */
const resolveOn = async (
  answer: Answer,
  create: (api: ReturnType<typeof createGithubApi>) => RepoProvider,
  { spec, accessToken = '' }: { spec: string; accessToken?: string },
) => {
  await using server = await startAnsweringServer(() => ({
    status: answer.status,
    headers: { 'content-type': 'application/json', ...answer.headers },
    body: JSON.stringify(answer.body ?? {}),
  }));
  const settings = { host: 'github.com', apiUrl: server.origin, accessToken };
  const provider = create(createGithubApi({ settings, clock: systemClock }));
  const outcome = await provider.resolve(spec, never()).catch((error: unknown) => error as { code: string });
  return { outcome, asked: server.asked };
};

describe('gh, as BinderHub resolves it', () => {
  const create =
    (github = 'github.com') =>
    (api: ReturnType<typeof createGithubApi>) =>
      createGithubProvider({ api, forges: { ...FORGES, github } });

  it.each([
    ['jupyterhub/zero-to-jupyterhub-k8s/HEAD', 'jupyterhub/zero-to-jupyterhub-k8s', 'HEAD'],
    ['jupyterhub/zero-to-jupyterhub-k8s/v0.4', 'jupyterhub/zero-to-jupyterhub-k8s', 'v0.4'],
    ['a/long/specification/with/many/slashes/to/split/on', 'a/long', 'specification/with/many/slashes/to/split/on'],
    ['user/repo.git/main', 'user/repo', 'main'],
    ['User/Repo_Name.js/main', 'User/Repo_Name.js', 'main'],
    ['AABBCcc/DDeeFF/v0.4', 'AABBCcc/DDeeFF', 'v0.4'],
    ['user/repo/issue%237147', 'user/repo', 'issue#7147'],
    ['user/repo/50533eb', 'user/repo', '50533eb'],
  ])('%s', async (spec, name, ref) => {
    const { outcome, asked } = await resolveOn(FOUND, create(), { spec });
    expect(outcome).toMatchObject({
      commit: SHA,
      repoUrl: `https://github.com/${name}`,
      refUrl: `https://github.com/${name}/tree/${SHA}`,
      persistentSpec: `${name}/${SHA}`,
    });
    expect(asked.map(({ path }) => decodeURIComponent(path))).toEqual([`/repos/${name}/commits/${ref}?per_page=1`]);
  });

  it('on a host of GitHub Enterprise', async () => {
    const { outcome } = await resolveOn(FOUND, create('ghe.example.org'), { spec: 'user/repo/main' });
    expect(outcome).toMatchObject({ repoUrl: 'https://ghe.example.org/user/repo', persistentSpec: `user/repo/${SHA}` });
  });

  it('with a token', async () => {
    const { asked } = await resolveOn(FOUND, create(), { spec: 'user/repo/main', accessToken: 'TOK' });
    expect(asked.map(({ headers }) => headers.authorization)).toEqual(['token TOK']);
  });

  it.each([
    ['jupyterhub/zero-to-jupyterhub-k8s/v0.1.2.3.4.5.6', { status: 422 }, 'REPO_REF_NOT_FOUND'],
    ['nothing_to_split', FOUND, 'REPO_SPEC_INVALID'],
    ['user/repo/', { status: 200, body: [] }, 'REPO_SPEC_INVALID'],
    [
      'user/repo/main',
      { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '0' } },
      'REPO_RATE_LIMITED',
    ],
    ['user/repo/main', { status: 403 }, 'REPO_NOT_FOUND'],
  ])('refuses %s with %j: %s', async (spec, answer: Answer, code) => {
    expect((await resolveOn(answer, create(), { spec })).outcome).toMatchObject({ code });
  });
});

describe('gist, as BinderHub resolves it', () => {
  const GIST = 'mariusvniekerk/8a658f7f63b13768d1e75fa2464f5092';
  const NEWEST = 'b'.repeat(40);
  const OLDER = '7daa381aae8409bfe28193e2ed8f767c26371237';
  const create =
    (allowSecret = false) =>
    (api: ReturnType<typeof createGithubApi>) =>
      createGistProvider({ api, forges: FORGES, allowSecret });
  const answer = (isPublic: boolean): Answer => ({
    status: 200,
    body: { public: isPublic, history: [{ version: NEWEST }, { version: OLDER }] },
  });

  it.each([
    [`${GIST}/main`, NEWEST],
    [`${GIST}/HEAD`, NEWEST],
    [`${GIST}/${OLDER}`, OLDER],
    [GIST, NEWEST],
  ])('%s is %s', async (spec, commit) => {
    const { outcome, asked } = await resolveOn(answer(true), create(), { spec });
    expect(outcome).toMatchObject({
      commit,
      repoUrl: `https://gist.github.com/${GIST}`,
      refUrl: `https://gist.github.com/${GIST}/${commit}`,
      persistentSpec: `${GIST}/${commit}`,
    });
    expect(asked.map(({ path }) => path)).toEqual(['/gists/8a658f7f63b13768d1e75fa2464f5092']);
  });

  it('refuses a secret gist unless the operator allows them', async () => {
    const spec = 'mariusvniekerk/bd01411ea4bf4eb8135893ef237398ba';
    const { outcome } = await resolveOn(answer(false), create(), { spec });
    expect(outcome).toMatchObject({ code: 'REPO_NOT_FOUND', message: expect.stringContaining('secret') as string });
    const allowed = await resolveOn(answer(false), create(true), { spec });
    expect(allowed.outcome).toMatchObject({ commit: NEWEST });
  });

  it('refuses what names no gist', async () => {
    const { outcome, asked } = await resolveOn(answer(true), create(), { spec: 'onlyuser' });
    expect([outcome, asked]).toEqual([expect.objectContaining({ code: 'REPO_SPEC_INVALID' }), []]);
  });
});

/** What git would print, without a network; hosts resolve to one public address. */
const partsWith = (stdout: string, stderr = '') => ({
  git: async () => ({ exitCode: stderr === '' ? 0 : 128, stdout, stderr, timedOut: false }),
  guard: createAddressGuard([], async (host) => (/^[\d.]+$/.test(host) ? [host] : ['93.184.216.34'])),
  forges: FORGES,
});

describe('git, as BinderHub resolves it', () => {
  const ZERO = 'https%3A%2F%2Fgithub.com%2Fjupyterhub%2Fzero-to-jupyterhub-k8s';
  const PLAIN = 'https%3A%2F%2Fx.org%2Fa.git';

  it.each([
    [`${ZERO}/${SHA}`, 'not asked', ZERO],
    [`${PLAIN}/feature%2Fx`, 'refs/heads/feature/x', PLAIN],
    [`${PLAIN}/feature/x`, 'refs/heads/feature/x', PLAIN],
  ])('%s', async (spec, name, encoded) => {
    const provider = createGitProvider(partsWith(`${SHA}\t${name}\n`));
    expect(await provider.resolve(spec, never())).toMatchObject({
      commit: SHA,
      repoUrl: decodeURIComponent(encoded),
      persistentSpec: `${encoded}/${SHA}`,
    });
  });

  // BinderHub asks git@… over ssh, for which a server without keys has nothing to show.
  it.each([
    [`${ZERO}/main`, 'REPO_NOT_FOUND'],
    ['not%20a%20repo/main', 'REPO_SPEC_INVALID'],
    ['ftp%3A%2F%2Fprotocol.unsupported/main', 'REPO_SPEC_INVALID'],
    ['git%40github.com%3Ajupyterhub%2Fbinderhub/main', 'REPO_SPEC_INVALID'],
    [`${PLAIN}/${SHA}zzz`, 'REPO_NOT_FOUND'],
    [`${PLAIN}/--upload-pack=x`, 'REPO_SPEC_INVALID'],
    [PLAIN, 'REPO_SPEC_INVALID'],
    [`${PLAIN}/`, 'REPO_SPEC_INVALID'],
    ['https://x.org/a.git/main', 'REPO_SPEC_INVALID'],
    ['https%3A%2F%2Fuser%3Apw%40x.org%2Fa.git/main', 'REPO_SPEC_INVALID'],
    ['file%3A%2F%2F%2Fetc/main', 'REPO_SPEC_INVALID'],
  ])('refuses %s: %s', async (spec, code) => {
    const provider = createGitProvider(partsWith('', 'fatal: could not read Username\n'));
    expect((await refusalOf(provider, spec)).code).toBe(code);
  });
});

describe('gl, as BinderHub resolves it', () => {
  type Asking = { readonly spec: string; readonly address?: string; readonly accessToken?: string };

  /** As `resolveOn`, for the project that is at `address` while its API answers one way. */
  const resolveOnGitlab = async (answer: Answer, { spec, address, accessToken = '' }: Asking) => {
    await using server = await startAnsweringServer(() => ({ ...answer, body: JSON.stringify(answer.body ?? {}) }));
    const request = createGuardedRequest(createAddressGuard(['127.0.0.1']));
    const api = createGitlabApi({ settings: { url: server.origin, accessToken }, request, clock: systemClock });
    const provider = createGitlabProvider({ api, address: address ?? 'https://gitlab.com', forges: FORGES });
    const outcome = await provider.resolve(spec, never()).catch((error: unknown) => error as { code: string });
    return { outcome, asked: server.asked };
  };

  it('a project of another host, with a token that is in no address', async () => {
    const { outcome, asked } = await resolveOnGitlab(
      { status: 200, body: { id: SHA } },
      { spec: 'a%2Fb/main', address: 'https://gl.example.org', accessToken: 'AT' },
    );
    expect(outcome).toMatchObject({
      commit: SHA,
      cloneUrl: 'https://gl.example.org/a/b.git',
      repoUrl: 'https://gl.example.org/a/b',
      persistentSpec: `a%2Fb/${SHA}`,
    });
    expect(asked.map(({ path, headers }) => [path.split('?')[0], headers.authorization])).toEqual([
      ['/api/v4/projects/a%2Fb/repository/commits/main', 'Bearer AT'],
    ]);
    expect(asked[0]?.path).not.toContain('AT');
  });

  it.each([
    ['gitlab-org%2Fgitlab-foss/nosuchref', { status: 404 }, 'REPO_REF_NOT_FOUND'],
    ['gitlab-org%2Fnothing/HEAD', { status: 404, body: { message: '404 Project Not Found' } }, 'REPO_NOT_FOUND'],
    ['group%2Frepo/', { status: 404 }, 'REPO_SPEC_INVALID'],
    ['group/repo/HEAD', { status: 404 }, 'REPO_SPEC_INVALID'],
  ])('refuses %s with %j: %s', async (spec, answer: Answer, code) => {
    expect((await resolveOnGitlab(answer, { spec })).outcome).toMatchObject({ code });
  });
});
