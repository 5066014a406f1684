import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGitServer, type GitServer } from '../../support/git-server.ts';
import { gitSpec, launch } from '../../support/launch-stream.ts';
import { removeSlipway, startSlipway, type SlipwayServer } from '../../support/slipway-server.ts';

/** What must be in no line of the log, however much of it is written. */
const SECRETS = {
  SLIPWAY_ADMIN_TOKEN: 'secret-of-the-operator',
  SLIPWAY_GITHUB_ACCESS_TOKEN: 'secret-of-github',
  SLIPWAY_REGISTRY_PASSWORD: 'secret-of-the-registry',
};

let git: GitServer;
let server: SlipwayServer;

beforeAll(async () => {
  git = await startGitServer();
  server = await startSlipway({ allowHosts: [git.host], env: { ...SECRETS, SLIPWAY_LOG_LEVEL: 'debug' } });
});

afterAll(async () => {
  await removeSlipway(server);
  await git[Symbol.asyncDispose]();
});

const ask = (path: string, token: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${server.url}/api/v1${path}`, { ...init, headers: { authorization: `Bearer ${token}` } });

describe('the log of a server', () => {
  it('names launches, sessions and errors, and has no secret in it', async () => {
    const { url } = await git.createRepository('quiet', { 'index.ipynb': '{}' });
    const { ready, ids } = await launch(server.url, gitSpec(url));
    const failed = await launch(server.url, gitSpec(`${url}-missing`));
    expect(failed.failed?.code).toBe('REPO_NOT_FOUND');
    const [launchId = ''] = ids[0]?.split('.') ?? [];
    const [failedId = ''] = failed.ids[0]?.split('.') ?? [];
    const entered = await fetch(ready?.enterUrl ?? '', { redirect: 'manual' });
    const cookie = entered.headers.get('set-cookie')?.split(';')[0]?.split('=')[1] ?? '';
    const sessions = await ask('/sessions', SECRETS.SLIPWAY_ADMIN_TOKEN);
    expect(await sessions.json()).toMatchObject({ sessions: [{ id: ready?.sessionId }] });
    await ask(`/sessions/${ready?.sessionId}`, ready?.token ?? '', { method: 'DELETE' });

    const output = server.output();
    expect(output).toContain(ready?.sessionId);
    expect(output).toContain('REPO_NOT_FOUND');
    expect(output).toContain(`"launch":"${failedId.slice(0, 8)}"`);
    const code = new URL(ready?.enterUrl ?? '').searchParams.get('code') ?? '';
    const secrets = [...Object.values(SECRETS), ready?.token ?? '', code, cookie, launchId, failedId];
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(10);
      expect(output).not.toContain(secret);
    }
  });
});
