import { describe, expect, it } from 'vitest';
import { createGithubApi } from '../../../services/launcher/repo/github-api.ts';
import { createGithubProvider } from '../../../services/launcher/repo/github-provider.ts';
import { systemClock } from '../../../services/platform/clock.ts';
import { refusalOf, repoProviderContract } from '../../conformance/repo-provider.ts';
import { FORGES } from '../../support/forges.ts';
import { startFakeGithub, type FakeGithub } from '../../support/fake-github.ts';

const SHA = 'f7f3ff6d1bf708bdc12e5f10e18b2a90a4795603';
const NEWER = '596b52f10efb0c9befc0c4ae850cc5175297d71c';
const NOW = 1_700_000_000_000;
const never = (): AbortSignal => new AbortController().signal;

type Settings = { readonly accessToken?: string; readonly timeoutMs?: number };

const createProvider = (github: FakeGithub, { accessToken = '', timeoutMs = 5000 }: Settings = {}) =>
  createGithubProvider({
    forges: FORGES,
    api: createGithubApi({
      settings: { host: 'github.com', apiUrl: github.apiUrl, accessToken },
      clock: { ...systemClock, now: () => NOW },
      timeoutMs,
    }),
  });

const startWithRepository = async (): Promise<FakeGithub> => {
  const github = await startFakeGithub();
  for (const ref of ['HEAD', 'main', SHA, 'feature/x', 'issue#7147', '50533eb', 'v1.0'])
    github.setRef('Owner/Repo', ref, SHA);
  return github;
};

describe('the gh provider', () => {
  repoProviderContract({
    create: async () => {
      const github = await startWithRepository();
      const silent = await startFakeGithub();
      silent.answerWith(0);
      return {
        provider: createProvider(github),
        spec: 'Owner/Repo/HEAD',
        commit: SHA,
        missingRef: 'Owner/Repo/nothing',
        missingRepository: 'Owner/Nothing/HEAD',
        silent: { provider: createProvider(silent, { timeoutMs: 100 }), spec: 'Owner/Repo/HEAD' },
        requests: () => github.requests.length,
        [Symbol.asyncDispose]: async () => {
          await github[Symbol.asyncDispose]();
          await silent[Symbol.asyncDispose]();
        },
      };
    },
    malformed: [
      '',
      'nothing_to_split',
      'owner/repo',
      'owner/repo/',
      'us%20er/repo/HEAD',
      'owner/../HEAD',
      'owner/%2e%2e/HEAD',
      'owner/repo/%zz',
      'owner/repo/%ff',
      'owner/repo/a%20b',
      'owner/repo/-x',
      'owner/repo/a..b',
      'owner/repo/..%2F..%2Fuser',
      '-owner/repo/HEAD',
      'owner/repo%2Fother/HEAD',
      'owner/repo/%00',
    ],
  });

  it('says everything about the repository', async () => {
    await using github = await startWithRepository();
    expect(await createProvider(github).resolve('Owner/Repo/main', never())).toEqual({
      provider: 'gh',
      canonical: 'github.com/owner/repo',
      cloneUrl: 'https://github.com/Owner/Repo',
      commit: SHA,
      repoUrl: 'https://github.com/Owner/Repo',
      refUrl: `https://github.com/Owner/Repo/tree/${SHA}`,
      persistentSpec: `Owner/Repo/${SHA}`,
    });
  });

  it.each([
    ['Owner/Repo/feature/x', 'feature%2Fx'],
    ['Owner/Repo/feature%2Fx', 'feature%2Fx'],
    ['Owner/Repo/issue%237147', 'issue%237147'],
    ['Owner/Repo.git/main', 'main'],
    ['Owner/Repo/50533eb', '50533eb'],
  ])('resolves %s', async (spec, asked) => {
    await using github = await startWithRepository();
    expect((await createProvider(github).resolve(spec, never())).commit).toBe(SHA);
    expect(github.requests.map(({ path }) => path)).toEqual([`/repos/Owner/Repo/commits/${asked}`]);
  });

  it('proposes HEAD where the ref is left out', async () => {
    await using github = await startFakeGithub();
    expect((await refusalOf(createProvider(github), 'owner/repo')).hint).toContain('owner/repo/HEAD');
  });

  it('asks again with the entity tag, and notices a new commit', async () => {
    await using github = await startWithRepository();
    const provider = createProvider(github);
    await provider.resolve('Owner/Repo/main', never());
    expect((await provider.resolve('owner/repo/main', never())).commit).toBe(SHA);
    github.setRef('Owner/Repo', 'main', NEWER);
    expect((await provider.resolve('Owner/Repo/main', never())).commit).toBe(NEWER);
    expect(github.requests.map(({ etag }) => etag)).toEqual(['', `"${SHA}"`, `"${SHA}"`]);
  });

  it('follows a renamed repository to the name that can be cloned', async () => {
    await using github = await startWithRepository();
    github.rename('Owner/Repo', 'New-Owner/new-repo');
    expect(await createProvider(github).resolve('Owner/Repo/main', never())).toMatchObject({
      canonical: 'github.com/new-owner/new-repo',
      cloneUrl: 'https://github.com/New-Owner/new-repo',
      persistentSpec: `New-Owner/new-repo/${SHA}`,
    });
  });

  it('says when GitHub answers again after its limit', async () => {
    await using github = await startWithRepository();
    github.limit(0, NOW / 1000 + 25 * 60);
    const error = await refusalOf(createProvider(github), 'Owner/Repo/main');
    expect(error.code).toBe('REPO_RATE_LIMITED');
    expect(error.message).toContain('25 minutes');
  });

  it.each([
    [{ 'retry-after': '120' }, '2 minutes'],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '0' }, 'a minute'],
    [{ 'x-ratelimit-remaining': '0' }, 'a minute'],
  ])('understands a limit that is told as %j', async (headers, duration) => {
    await using github = await startFakeGithub();
    github.answerWith(403, headers);
    const error = await refusalOf(createProvider(github), 'Owner/Repo/main');
    expect([error.code, error.message]).toEqual(['REPO_RATE_LIMITED', expect.stringContaining(` ${duration}.`)]);
  });

  it('reports how many requests are left', async () => {
    await using github = await startWithRepository();
    github.limit(60, NOW / 1000 + 60);
    const remaining: number[] = [];
    const api = createGithubApi({
      settings: { host: 'github.com', apiUrl: github.apiUrl, accessToken: '' },
      clock: systemClock,
      onRemaining: (count) => remaining.push(count),
    });
    const provider = createGithubProvider({ api, forges: FORGES });
    await provider.resolve('Owner/Repo/main', never());
    await provider.resolve('Owner/Repo/main', never());
    expect(remaining).toEqual([59, 59]);
  });

  it.each([
    [401, 'REPO_UNREACHABLE'],
    [403, 'REPO_NOT_FOUND'],
    [451, 'REPO_NOT_FOUND'],
    [500, 'REPO_UNREACHABLE'],
    [200, 'REPO_UNREACHABLE'],
  ])('takes the answer %d for %s', async (status, code) => {
    await using github = await startFakeGithub();
    github.answerWith(status);
    expect((await refusalOf(createProvider(github), 'Owner/Repo/main')).code).toBe(code);
  });

  it('says that an empty repository has no commits', async () => {
    await using github = await startFakeGithub();
    github.setRef('Owner/Repo', '', SHA);
    const error = await refusalOf(createProvider(github), 'Owner/Repo/HEAD');
    expect([error.code, error.message]).toEqual(['REPO_REF_NOT_FOUND', 'Owner/Repo has no commits yet.']);
  });

  it('sends the token to the API, and shows it to nobody', async () => {
    await using github = await startWithRepository();
    const provider = createProvider(github, { accessToken: 's3cret' });
    const resolved = await provider.resolve('Owner/Repo/main', never());
    const error = await refusalOf(provider, 'Owner/Repo/nothing');
    expect(github.requests.map(({ authorization }) => authorization)).toEqual(['token s3cret', 'token s3cret']);
    expect(JSON.stringify([resolved, error.toBody(), error.details])).not.toContain('s3cret');
  });
});
