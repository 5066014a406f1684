import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeContainerName } from '../../../services/launcher/sessions/session-container.ts';
import { connectTestEngine } from '../../support/docker-engine.ts';
import { startGitServer, type GitServer } from '../../support/git-server.ts';
import { connectKernel } from '../../support/jupyter-client.ts';
import { gitSpec, launch, type LaunchOutcome } from '../../support/launch-stream.ts';
import { removeSlipway, startSlipway, type SlipwayServer } from '../../support/slipway-server.ts';

const WAITING = 'A session was waiting.';

let git: GitServer;
let server: SlipwayServer;

const address = (name: string): string => `${git.url}/${name}`;

const ADMIN = { authorization: 'Bearer operators-only' };

const untilWaiting = (count: number) =>
  expect
    .poll(async () => await (await fetch(`${server.url}/metrics`)).text(), { timeout: 120_000, interval: 200 })
    .toContain(`slipway_pool_sessions ${count}\n`);
const untilOneWaits = () => untilWaiting(1);

beforeAll(async () => {
  git = await startGitServer();
  const { url } = await git.createRepository('first', { 'index.ipynb': '{}' });
  await git.createRepository('second', {
    'data/deep/numbers.csv': '1,2,3\n',
    'run.sh': { text: '#!/bin/sh\necho ran\n', mode: 0o755 },
  });
  await git.createRepository('configured', { 'jupyter_server_config.py': 'c.ServerApp.extra_services = []\n' });
  server = await startSlipway({
    allowHosts: [git.host],
    env: {
      SLIPWAY_POOL_REPOSITORIES: `${gitSpec(url)}=1`,
      SLIPWAY_POOL_CHECK_SECONDS: '1',
      SLIPWAY_ADMIN_TOKEN: 'operators-only',
    },
  });
});

afterAll(async () => {
  await removeSlipway(server);
  await git[Symbol.asyncDispose]();
});

const run = async ({ ready }: LaunchOutcome, command: string): Promise<string> => {
  const kernel = await connectKernel(ready?.url ?? '', ready?.token ?? '');
  try {
    return await kernel.execute(`import subprocess\nprint(subprocess.getoutput(${JSON.stringify(command)}))`);
  } finally {
    kernel.close();
  }
};

const inspect = ({ ready }: LaunchOutcome) =>
  connectTestEngine()
    .getContainer(makeContainerName(ready?.sessionId ?? ''))
    .inspect();

describe('a session that waits in the image of an environment', () => {
  it('opens the next commit of its repository, with the files of that commit', async () => {
    await untilOneWaits();
    await git.commit('first', { 'index.ipynb': '{"cells":[]}', 'new.txt': 'of the second' }, 'Go on');
    const outcome = await launch(server.url, gitSpec(address('first')));
    expect(outcome.log).toContain(WAITING);
    expect((await run(outcome, 'cat index.ipynb new.txt')).trim()).toBe('{"cells":[]}of the second');
    expect((await inspect(outcome)).Config.Image).not.toBe(outcome.ready?.image);
  });

  it('opens another repository that has this environment, as a session of its own image would', async () => {
    await untilOneWaits();
    const claimed = await launch(server.url, gitSpec(address('second')));
    const own = await launch(server.url, gitSpec(address('second')));
    expect([claimed.log.includes(WAITING), own.log.includes(WAITING)]).toEqual([true, false]);
    const list = String.raw`find . -mindepth 1 -path './.*' -prune -o -printf '%p %M %u %g %s %T@\n' | sort; ./run.sh; cat /srv/slipway/plan.json`;
    expect(await run(claimed, list)).toBe(await run(own, list));
  });

  it('knows whose it is: what it starts has the variables of the launch, and nothing knows another repository', async () => {
    await untilOneWaits();
    const outcome = await launch(server.url, gitSpec(address('second')));
    expect(outcome.log).toContain(WAITING);
    const { ready } = outcome;
    const variables = (await run(outcome, 'env | grep ^BINDER_ | sort')).trim().split('\n');
    expect(variables).toEqual([
      `BINDER_LAUNCH_HOST=${ready?.binder_launch_host}`,
      `BINDER_PERSISTENT_REQUEST=${ready?.binder_persistent_request}`,
      `BINDER_REF_URL=${ready?.binder_ref_url}`,
      `BINDER_REPO_URL=${address('second')}`,
      `BINDER_REQUEST=${ready?.binder_request}`,
    ]);
    expect((await inspect(outcome)).Config.Env.join(' ')).not.toContain('first');
  });

  it('is found again after the server was killed, as a session of what was launched', async () => {
    await untilOneWaits();
    const { ready } = await launch(server.url, gitSpec(address('second')));
    await server.kill();
    server = await server.restart();
    const response = await fetch(`${ready?.url ?? ''}api/contents/data/deep/numbers.csv?token=${ready?.token ?? ''}`);
    expect(await response.json()).toMatchObject({ content: '1,2,3\n' });
  });

  it('waits when an operator asks for it, in the image itself where the content matters, until it is given back', async () => {
    const demand = `${server.url}/api/v1/waiting-sessions/class`;
    await untilOneWaits();
    const spec = gitSpec(address('configured')).replace('git/', '');
    const body = JSON.stringify({ provider: 'git', spec, count: 2 });
    const headers = { ...ADMIN, 'content-type': 'application/json' };
    expect((await fetch(demand, { method: 'PUT', headers, body })).status).toBe(200);
    await untilWaiting(3);
    const outcome = await launch(server.url, gitSpec(address('configured')));
    expect(outcome.log).toContain(WAITING);
    expect((await inspect(outcome)).Config.Image).toBe(outcome.ready?.image);
    expect((await fetch(demand, { method: 'DELETE', headers: ADMIN })).status).toBe(200);
    await untilOneWaits();
  });

  it('is not given to a repository whose content Jupyter reads when it starts', async () => {
    await untilOneWaits();
    const outcome = await launch(server.url, gitSpec(address('configured')));
    expect(outcome.ready).toBeDefined();
    expect(outcome.log).not.toContain(WAITING);
  });
});
