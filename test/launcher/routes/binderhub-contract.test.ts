import { describe, expect, it } from 'vitest';
import { Settings } from '../../../services/contracts/settings.ts';
import { createRepoProviders } from '../../../services/launcher/repo/index.ts';
import { systemClock } from '../../../services/platform/clock.ts';
import { loadConfig } from '../../../services/platform/config-loader.ts';
import { startAnsweringServer } from '../../support/answering-server.ts';
import { createLauncher } from '../create-launcher.ts';
import { dataOf, readBlocks, startControl, streamHeaders } from '../start-control.ts';

const SHA = 'f7f3ff6d1bf708bdc12e5f10e18b2a90a4795603';

/** The control listener with all providers, for which one server stands for GitHub and GitLab and one answer for git. */
const startWithProviders = async () => {
  const forge = await startAnsweringServer(({ path }) => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(
      path.startsWith('/gists') ? { public: true, history: [{ version: SHA }] } : { sha: SHA, id: SHA },
    ),
  }));
  const env = { SLIPWAY_GITHUB_API_URL: forge.origin, SLIPWAY_GITLAB_URL: forge.origin };
  const providers = createRepoProviders({
    settings: loadConfig(Settings, { env, prefix: 'SLIPWAY' }),
    git: async (args) => ({ exitCode: 0, stdout: `${SHA}\t${args.at(4)}\n`, stderr: '', timedOut: false }),
    guard: async ({ hostname }) => ({ host: hostname, port: 443, addresses: ['93.184.216.34'] }),
    clock: systemClock,
    onGithubRemaining: () => undefined,
    onLookup: () => undefined,
  });
  const { launches } = createLauncher({ providers });
  const control = await startControl({ launches, providers });
  return {
    ...control,
    gitlab: forge.origin,
    /** The last of so many events of a launch. */
    last: async (path: string, count: number) => {
      const response = await fetch(`${control.url}${path}`, { headers: streamHeaders });
      return { status: response.status, event: dataOf((await readBlocks(response, count)).at(-1)) };
    },
    [Symbol.asyncDispose]: async () => {
      await control[Symbol.asyncDispose]();
      await launches.stop();
      await forge[Symbol.asyncDispose]();
    },
  };
};

describe('what clients of BinderHub need', () => {
  it.each([
    ['/build/gh/org/repo/HEAD', 'https://github.com/org/repo'],
    ['/build/git/https%3A%2F%2Fx.org%2Fa.git/main', 'https://x.org/a.git'],
    ['/build/git/https%3A%2F%2Fx.org%2Fa.git/HEAD', 'https://x.org/a.git'],
    ['/build/gist/user/abc123/HEAD', 'https://gist.github.com/user/abc123'],
    ['/build/gl/g%2Fr/HEAD', 'gitlab/g/r'],
  ])('launches %s, as Thebe asks for it', async (path, repoUrl) => {
    await using control = await startWithProviders();
    const { event } = await control.last(path, 6);
    expect(event).toMatchObject({
      phase: 'ready',
      repo_url: repoUrl.replace(/^gitlab/, control.gitlab),
      token: 'the-token',
    });
  });

  it.each([
    ['/build/nope/owner/repo/HEAD', 1, 'REPO_PROVIDER_UNKNOWN', 'nope'],
    ['/build/gh/owner', 2, 'REPO_SPEC_INVALID', 'gh/owner/repository/HEAD'],
    ['/build/gh/owner/repo', 2, 'REPO_SPEC_INVALID', 'owner/repo/HEAD'],
    ['/build/gist/https://gist.github.com/user/abc123/HEAD', 2, 'REPO_SPEC_INVALID', 'gist/owner/id'],
  ] as const)('says with status 200 what is wrong with %s', async (...[path, count, code, text]) => {
    await using control = await startWithProviders();
    const { status, event } = await control.last(path, count);
    expect([status, event.phase, event['code']]).toEqual([200, 'failed', code]);
    expect(`${event.message}${String(event['hint'])}`).toContain(text);
  });

  it.each([
    ['GET', '/'],
    ['GET', '/v2/test/found/HEAD'],
    ['GET', '/repo/owner/repo/'],
    ['GET', '/versions'],
    ['GET', '/health'],
    ['GET', '/metrics'],
    ['GET', '/api/repoproviders'],
    ['GET', '/badge_logo.svg'],
    ['GET', '/assets/index-abc123.js'],
    ['GET', '/nothing'],
    ['GET', '/assets/nothing.js'],
    ['GET', '/%zz'],
    ['GET', '/build/test/found/HEAD'],
    ['HEAD', '/build/test/found/HEAD'],
    ['HEAD', '/nothing'],
    ['POST', '/versions'],
    ['PUT', '/build/test/found/HEAD'],
    ['OPTIONS', '/build/test/found/HEAD'],
    ['OPTIONS', '/api/repoproviders'],
    ['OPTIONS', '/nothing'],
  ])('lets any page read the answer to %s %s', async (method, path) => {
    await using control = await startControl();
    const response = await fetch(`${control.url}${path}`, { method, redirect: 'manual' });
    await response.body?.cancel();
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.status).toBeLessThan(500);
  });

  it.each(['/build/test/found/HEAD', '/versions', '/v2/test/found/HEAD', '/api/v1/launches'])(
    'lets pages of other hosts ask %s with a token',
    async (path) => {
      await using control = await startControl();
      const response = await fetch(`${control.url}${path}`, {
        method: 'OPTIONS',
        headers: {
          origin: 'https://book.example',
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'authorization,x-xsrftoken',
        },
      });
      const allowed = response.headers.get('access-control-allow-headers')?.split(', ');
      expect([response.ok, allowed]).toEqual([true, expect.arrayContaining(['authorization', 'x-xsrftoken'])]);
    },
  );

  it('remembers the page that a launch was started from', async () => {
    await using control = await startControl();
    const asked = async (headers: Record<string, string>): Promise<string | undefined> => {
      const response = await fetch(`${control.url}/build/test/found/HEAD`, {
        headers: { ...streamHeaders, ...headers },
      });
      const [block] = await readBlocks(response, 6);
      const id = /^id: (.*)\.1$/m.exec(block ?? '')?.[1] ?? '';
      return (await control.launches.find(id))?.request.requestOrigin;
    };
    expect(await asked({ origin: 'https://book.example' })).toBe('https://book.example');
    expect(await asked({})).toMatch(/^$|^cors$|^cross-site$/);
  });
});
