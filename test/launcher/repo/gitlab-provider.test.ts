import { describe, expect, it } from 'vitest';
import { createGitlabApi } from '../../../services/launcher/repo/gitlab-api.ts';
import { createGitlabProvider } from '../../../services/launcher/repo/gitlab-provider.ts';
import { createAddressGuard } from '../../../services/platform/address-guard.ts';
import { createGuardedRequest } from '../../../services/platform/guarded-request.ts';
import { refusalOf, repoProviderContract } from '../../conformance/repo-provider.ts';
import { startAnsweringServer } from '../../support/answering-server.ts';
import { FORGES } from '../../support/forges.ts';
import { startFakeGitlab, type FakeGitlab } from '../../support/fake-gitlab.ts';

const SHA = 'f7f3ff6d1bf708bdc12e5f10e18b2a90a4795603';
const NOW = 1_700_000_000_000;
const PROJECT = 'Group/Sub/Project';
const SPEC = 'Group%2FSub%2FProject';
const never = (): AbortSignal => new AbortController().signal;

type Settings = { readonly accessToken?: string; readonly timeoutMs?: number; readonly allowHosts?: readonly string[] };

const createProvider = ({ url }: FakeGitlab, settings: Settings = {}) => {
  const { accessToken = '', timeoutMs = 5000, allowHosts = ['127.0.0.1'] } = settings;
  const request = createGuardedRequest(createAddressGuard(allowHosts));
  const api = createGitlabApi({ settings: { url, accessToken }, request, clock: { now: () => NOW }, timeoutMs });
  return createGitlabProvider({ api, address: url, forges: { ...FORGES, gitlab: new URL(url).host } });
};

const startWithProject = async (): Promise<FakeGitlab> => {
  const gitlab = await startFakeGitlab();
  for (const ref of ['HEAD', 'main', SHA, 'feature/x', 'issue#1']) gitlab.setRef(PROJECT, ref, SHA);
  return gitlab;
};

describe('the gl provider', () => {
  repoProviderContract({
    create: async () => {
      const gitlab = await startWithProject();
      const silent = await startFakeGitlab();
      silent.answerWith('silence');
      return {
        provider: createProvider(gitlab),
        spec: `${SPEC}/HEAD`,
        commit: SHA,
        missingRef: `${SPEC}/nothing`,
        missingRepository: 'Group%2FNothing/HEAD',
        silent: { provider: createProvider(silent, { timeoutMs: 100 }), spec: `${SPEC}/HEAD` },
        requests: () => gitlab.asked.length,
        [Symbol.asyncDispose]: async () => {
          await gitlab[Symbol.asyncDispose]();
          await silent[Symbol.asyncDispose]();
        },
      };
    },
    malformed: [
      '',
      'group/project/HEAD',
      'group%2Fproject',
      'group%2Fproject/',
      'group%2F..%2Fadmin/HEAD',
      '..%2F..%2Fuser/HEAD',
      'group%2Fproject%3Fprivate_token=s3cret/HEAD',
      'group%2F%2Fproject/HEAD',
      '-group%2Fproject/HEAD',
      'group%2Fproject/%zz',
      'group%2Fproject/a%20b',
      'group%2Fproject/-x',
      'group%2Fproject/a..b',
      'group%2Fproject/%00',
    ],
  });

  it('says everything about the project', async () => {
    await using gitlab = await startWithProject();
    expect(await createProvider(gitlab).resolve(`${SPEC}/main`, never())).toEqual({
      provider: 'gl',
      canonical: `${new URL(gitlab.url).host}/group/sub/project`,
      cloneUrl: `${gitlab.url}/${PROJECT}.git`,
      commit: SHA,
      repoUrl: `${gitlab.url}/${PROJECT}`,
      refUrl: `${gitlab.url}/${PROJECT}/-/tree/${SHA}`,
      persistentSpec: `${SPEC}/${SHA}`,
    });
  });

  it.each([
    [`${SPEC}/feature/x`, 'feature%2Fx'],
    [`${SPEC}/feature%2Fx`, 'feature%2Fx'],
    [`${SPEC}/issue%231`, 'issue%231'],
    [`${SPEC}.git/main`, 'main'],
    [`${SPEC}/f7f3ff6`, 'f7f3ff6'],
    [`${SPEC}/${SHA}`, SHA],
  ])('resolves %s', async (spec, ref) => {
    await using gitlab = await startWithProject();
    expect((await createProvider(gitlab).resolve(spec, never())).commit).toBe(SHA);
    const paths = gitlab.asked.map(({ path }) => path.split('?')[0]);
    expect(paths).toEqual([`/api/v4/projects/${SPEC}/repository/commits/${ref}`]);
  });

  it('follows a moved project to the path that can be cloned', async () => {
    await using gitlab = await startWithProject();
    gitlab.move(PROJECT, 'other/place');
    expect(await createProvider(gitlab).resolve(`${SPEC}/main`, never())).toMatchObject({
      canonical: `${new URL(gitlab.url).host}/other/place`,
      cloneUrl: `${gitlab.url}/other/place.git`,
      persistentSpec: `other%2Fplace/${SHA}`,
    });
  });

  it('sends the token to GitLab and to nobody else, and shows it to nobody', async () => {
    await using elsewhere = await startAnsweringServer(() => ({ status: 200, body: JSON.stringify({ id: SHA }) }));
    await using gitlab = await startWithProject();
    gitlab.takeToken('s3cret');
    const provider = createProvider(gitlab, { accessToken: 's3cret' });
    const resolved = await provider.resolve(`${SPEC}/main`, never());
    const error = await refusalOf(provider, `${SPEC}/nothing`);
    expect(gitlab.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer s3cret', 'Bearer s3cret']);
    expect(
      JSON.stringify([resolved, error.toBody(), error.details, gitlab.asked.map(({ path }) => path)]),
    ).not.toContain('s3cret');
    gitlab.answerWith({ status: 302, headers: { location: `${elsewhere.origin}/api` } });
    await provider.resolve(`${SPEC}/main`, never());
    expect(elsewhere.asked.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it('says that the token is refused, and of whom', async () => {
    await using gitlab = await startWithProject();
    const error = await refusalOf(createProvider(gitlab, { accessToken: 'old' }), `${SPEC}/main`);
    expect([error.code, error.hint]).toEqual([
      'REPO_UNREACHABLE',
      expect.stringContaining('gitlab.accessToken') as string,
    ]);
  });

  it('takes a private project for one that is not there', async () => {
    await using gitlab = await startFakeGitlab();
    gitlab.setPrivate('group/hidden');
    expect((await refusalOf(createProvider(gitlab), 'group%2Fhidden/HEAD')).code).toBe('REPO_NOT_FOUND');
  });

  it.each([
    [{ 'retry-after': '120' }, '2 minutes'],
    [{ 'ratelimit-remaining': '0', 'ratelimit-reset': `${NOW / 1000 + 25 * 60}` }, '25 minutes'],
    [{}, 'a minute'],
  ])('understands a limit that is told as %j', async (headers, duration) => {
    await using gitlab = await startFakeGitlab();
    gitlab.answerWith({ status: 429, headers });
    const error = await refusalOf(createProvider(gitlab), `${SPEC}/main`);
    expect([error.code, error.message]).toEqual(['REPO_RATE_LIMITED', expect.stringContaining(` ${duration}.`)]);
    expect(error.hint).toContain('gitlab.accessToken');
  });

  it.each([
    ['a refusal', { status: 403 }, 'REPO_NOT_FOUND'],
    ['a host that wants everybody to sign in', { status: 401 }, 'REPO_NOT_FOUND'],
    ['a failure', { status: 500 }, 'REPO_UNREACHABLE'],
    ['what is no commit', { status: 200, body: '{"id":"main"}' }, 'REPO_UNREACHABLE'],
    ['what is no JSON', { status: 200, body: '<html>' }, 'REPO_UNREACHABLE'],
    ['what is missing from no GitLab', { status: 404, body: '<html>' }, 'REPO_UNREACHABLE'],
    ['a broken connection', 'reset', 'REPO_UNREACHABLE'],
  ] as const)('takes %s (%j) for %s', async (_what, answer, code) => {
    await using gitlab = await startFakeGitlab();
    gitlab.answerWith(answer);
    expect((await refusalOf(createProvider(gitlab), `${SPEC}/main`)).code).toBe(code);
  });

  it('asks no host that is not public unless the operator allows it', async () => {
    await using gitlab = await startWithProject();
    const error = await refusalOf(createProvider(gitlab, { allowHosts: [] }), `${SPEC}/main`);
    expect([error.code, gitlab.asked]).toEqual(['REPO_HOST_REFUSED', []]);
  });
});
