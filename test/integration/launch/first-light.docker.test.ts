import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureTestBase } from '../../support/base-image.ts';
import { connectTestEngine } from '../../support/docker-engine.ts';
import { startGitServer, type GitServer } from '../../support/git-server.ts';
import { connectKernel } from '../../support/jupyter-client.ts';
import { gitSpec, launch, type LaunchOutcome } from '../../support/launch-stream.ts';
import { removeSlipway, runToEnd, startSlipway, type SlipwayServer } from '../../support/slipway-server.ts';

const notebook = (text: string): string =>
  JSON.stringify({
    cells: [{ cell_type: 'markdown', id: 'a', metadata: {}, source: text }],
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
  });

let git: GitServer;
let server: SlipwayServer;

beforeAll(async () => {
  git = await startGitServer();
  server = await startSlipway({ allowHosts: [git.host] });
});

afterAll(async () => {
  await removeSlipway(server);
  await git[Symbol.asyncDispose]();
});

const installs = ({ events }: LaunchOutcome): string[] =>
  events.flatMap((event) =>
    event.phase === 'building' && event.step?.status === 'started' && event.step.name === 'Install Python packages'
      ? [event.step.name]
      : [],
  );

describe('a launch over /build', () => {
  let address = '';
  let first: LaunchOutcome;

  it('builds the repository and ends in a session', async () => {
    ({ url: address } = await git.createRepository('first-light', {
      // An environment that no earlier run can have left behind: its key has never been seen.
      'requirements.txt': `numpy!=0.0.${Date.now()}\n`,
      'index.ipynb': notebook('one'),
    }));
    first = await launch(server.url, gitSpec(address));
    expect(first.failed).toBeUndefined();
    expect(first.ready).toMatchObject({ repo_url: address, binder_request: `v2/${gitSpec(address)}` });
    expect(installs(first)).toHaveLength(1);
    expect(first.events.map(({ phase }) => phase)).toEqual(
      expect.arrayContaining(['waiting', 'fetching', 'building', 'built', 'launching', 'ready']),
    );
  });

  it('numbers its events without gaps', () => {
    const [id] = first.ids[0]?.split('.') ?? [];
    expect(first.ids).toEqual(first.ids.map((_, index) => `${id}.${index + 1}`));
  });

  it('gives a kernel that runs code, and keeps both over a SIGKILL of the server', async () => {
    const { url = '', token = '' } = first.ready ?? {};
    const kernel = await connectKernel(url, token);
    await expect(kernel.execute('import numpy; x = numpy.arange(4).sum(); print(x)')).resolves.toBe('6\n');
    kernel.close();

    await server.kill();
    server = await server.restart();

    const again = await connectKernel(url, token, kernel.id);
    await expect(again.execute('print(x + numpy.ones(1)[0])')).resolves.toBe('7.0\n');
    again.close();
  });

  it('goes on with a finished launch for a client that reconnects, and starts nothing new', async () => {
    const lastEventId = first.ids.at(-2) ?? '';
    const response = await fetch(`${server.url}/build/${gitSpec(address)}`, {
      headers: { accept: 'text/event-stream', 'last-event-id': lastEventId },
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('"phase":"ready"')) text += (await reader?.read())?.value ?? '';
    await reader?.cancel();
    const ids = [...text.matchAll(/^id: (.*)\ndata: /gm)].map(([, id]) => id);
    expect(ids).toEqual([first.ids.at(-1)]);
  });

  it('finds the image of the same commit again', async () => {
    const second = await launch(server.url, gitSpec(address));
    expect(second.ready?.image).toBe(first.ready?.image);
    expect(second.events.some(({ phase }) => phase === 'building')).toBe(false);
  });

  it('does not install anything for a commit that changes only the notebook, and says why', async () => {
    await git.commit('first-light', { 'index.ipynb': notebook('two') }, 'Change the notebook');
    const second = await launch(server.url, gitSpec(address));
    expect(second.ready).toBeDefined();
    expect(second.ready?.image).not.toBe(first.ready?.image);
    expect(installs(second)).toEqual([]);
    expect(second.log).toMatch(/unchanged.*nothing to install/i);
    const kernel = await connectKernel(second.ready?.url ?? '', second.ready?.token ?? '');
    await expect(kernel.execute('print("two" in open("index.ipynb").read())')).resolves.toBe('True\n');
    kernel.close();
  });
});

describe('a development container', () => {
  it('comes up in a session, with what its Dockerfile and its commands made', async () => {
    const base = await ensureTestBase(connectTestEngine());
    const { url: address } = await git.createRepository('devcontainer', {
      '.devcontainer/devcontainer.json': JSON.stringify({
        build: { dockerfile: 'Dockerfile' },
        postCreateCommand: 'cat /srv/made > told',
      }),
      '.devcontainer/Dockerfile': `FROM ${base.name}\nUSER root\nRUN echo by the Dockerfile > /srv/made\n`,
    });
    const { ready, failed } = await launch(server.url, gitSpec(address));
    expect(failed).toBeUndefined();
    const kernel = await connectKernel(ready?.url ?? '', ready?.token ?? '');
    await expect(kernel.execute('print(open("told").read(), end="")')).resolves.toBe('by the Dockerfile\n');
    kernel.close();
  });
});

describe('the end of a server', () => {
  it('in the middle of a build loses nothing: the same stream goes on with the next server, each event once', async () => {
    const { url: address } = await git.createRepository('slow', { postBuild: '#!/bin/sh\nsleep 4\n' });
    const launching = launch(server.url, gitSpec(address));
    await sleep(2000);
    await server.kill();
    server = await server.restart();
    const { ready, log, ids } = await launching;
    expect(ready).toBeDefined();
    expect(log).toContain('The server was restarted; going on.');
    expect(ids.map((id) => Number(id.split('.')[1]))).toEqual(ids.map((_, index) => index + 1));
  });

  it('leaves sessions running at SIGTERM, and the next start finds them', async () => {
    const { url: address } = await git.createRepository('drain', { 'README.md': 'x' });
    const { ready } = await launch(server.url, gitSpec(address));
    const { url = '', token = '' } = ready ?? {};
    await expect(server.stop()).resolves.toBe(0);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
    server = await server.restart();
    expect((await fetch(`${url}api/status`, { headers: { authorization: `token ${token}` } })).status).toBe(200);
  });

  it('is told apart from slipway down, which ends all sessions and says so', async () => {
    const { ready } = await launch(server.url, gitSpec(`${git.url}/drain.git`));
    const down = await runToEnd(['down', '--data', server.data]);
    expect(down).toMatchObject({ exitCode: 0 });
    expect(down.stderr).toMatch(/^[1-9]\d* sessions? stopped\. The server itself goes on/);
    const page = await fetch(ready?.url ?? '', { headers: { accept: 'application/json' } });
    expect([page.status, await page.json()]).toEqual([410, expect.objectContaining({ code: 'SESSION_STOPPED' })]);
  });

  it('comes for an old session by itself, with the reason', async () => {
    await server.stop();
    server = await server.restart({ SLIPWAY_SESSIONS_MAX_AGE_SECONDS: '12', SLIPWAY_SESSIONS_RECONCILE_SECONDS: '1' });
    const { ready, failed } = await launch(server.url, gitSpec(`${git.url}/drain.git`));
    expect(failed).toBeUndefined();
    const ask = async (): Promise<unknown> =>
      (await fetch(ready?.url ?? '', { headers: { accept: 'application/json' } })).json();
    await expect.poll(ask, { timeout: 60_000, interval: 500 }).toMatchObject({ code: 'SESSION_MAX_AGE' });
  });
});
