import { afterAll, beforeAll, expect, it } from 'vitest';
import { renderContainerLog } from '../../../services/launcher/sessions/container-log.ts';
import { makeContainerName } from '../../../services/launcher/sessions/session-container.ts';
import { connectTestEngine } from '../../support/docker-engine.ts';
import { startGitServer, type GitServer } from '../../support/git-server.ts';
import { gitSpec, launch } from '../../support/launch-stream.ts';
import { removeSlipway, startSlipway, type SlipwayServer } from '../../support/slipway-server.ts';

let git: GitServer;
let server: SlipwayServer;
let spec: string;

beforeAll(async () => {
  git = await startGitServer();
  spec = gitSpec((await git.createRepository('warm-kernel', { 'index.ipynb': '{}' })).url);
  server = await startSlipway({
    allowHosts: [git.host],
    env: {
      SLIPWAY_POOL_REPOSITORIES: `${spec}=1`,
      SLIPWAY_POOL_CHECK_SECONDS: '1',
      SLIPWAY_POOL_START_KERNEL: 'true',
    },
  });
});

afterAll(async () => {
  await removeSlipway(server);
  await git[Symbol.asyncDispose]();
});

const readPool = async (): Promise<string> => await (await fetch(`${server.url}/metrics`)).text();

it('a session that waits has run a kernel once, and is handed over without one', async () => {
  await expect.poll(readPool, { timeout: 120_000, interval: 500 }).toContain('slipway_pool_sessions 1\n');
  const { ready, log } = await launch(server.url, spec);
  expect(log).toContain('A session was waiting.');
  const headers = { authorization: `token ${ready?.token ?? ''}` };
  expect(await (await fetch(`${ready?.url ?? ''}api/kernels`, { headers })).json()).toEqual([]);
  const container = connectTestEngine().getContainer(makeContainerName(ready?.sessionId ?? ''));
  const said = renderContainerLog(await container.logs({ stdout: true, stderr: true }));
  const [, kernel = ''] = /Kernel started: (\S+)/.exec(said) ?? [];
  expect(kernel).toMatch(/^[0-9a-f-]{36}$/);
  expect(said).toContain(`Kernel shutdown: ${kernel}`);
});
