import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadyDelivery, ReadyEvent } from '../../../services/contracts/launch-event.ts';
import { launchByApi, splitSpec } from '../../support/api-launch.ts';
import { connectTestEngine } from '../../support/docker-engine.ts';
import { startGitServer, type GitServer } from '../../support/git-server.ts';
import { gitSpec, launch } from '../../support/launch-stream.ts';
import { removeSlipway, startSlipway, type SlipwayServer } from '../../support/slipway-server.ts';

let git: GitServer;
let server: SlipwayServer;
const addresses = { environment: '', course: '' };

beforeAll(async () => {
  git = await startGitServer();
  addresses.environment = (await git.createRepository('environment', { 'own.txt': 'own' })).url;
  addresses.course = (await git.createRepository('course', { 'index.ipynb': '{}', 'data/one.csv': '1' })).url;
  const environment = `git/${encodeURIComponent(addresses.environment)}/HEAD`;
  server = await startSlipway({
    allowHosts: [git.host],
    env: { SLIPWAY_POOL_REPOSITORIES: `${environment}=1`, SLIPWAY_POOL_CHECK_SECONDS: '1' },
  });
});

afterAll(async () => {
  await removeSlipway(server);
  await git[Symbol.asyncDispose]();
});

const readFile = async ({ url = '', token = '' }: { url?: string; token?: string }, path: string): Promise<unknown> => {
  const response = await fetch(`${url}api/contents/${path}`, { headers: { authorization: `token ${token}` } });
  return response.ok ? ((await response.json()) as { content: unknown }).content : response.status;
};

const readPool = async (): Promise<string> => {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return /^slipway_pool_sessions (\d+)$/m.exec(text)?.[1] ?? '';
};

const launchWith = (query: Record<string, string>) =>
  launch(server.url, `${gitSpec(addresses.environment)}?${new URLSearchParams(query).toString()}`);

describe('content of another repository', () => {
  it('is added to a session that was waiting, which survives a kill of the server', async () => {
    await expect.poll(readPool, { timeout: 120_000, interval: 500 }).toBe('1');
    await server.kill();
    server = await server.restart();
    await expect.poll(readPool, { timeout: 120_000, interval: 500 }).toBe('1');
    const { ready, log } = await launchWith({ content: gitSpec(addresses.course) });
    expect(log).toContain('A session was waiting.');
    expect(log).toContain(`Added ${addresses.course}`);
    expect(ready).toMatchObject({ path: 'lab/tree/course', repo_url: addresses.environment });
    expect(await readFile(ready ?? {}, 'own.txt')).toBe('own');
    expect(await readFile(ready ?? {}, 'course/data/one.csv')).toBe('1');
    const saved = await fetch(`${ready?.url}api/contents/course/new.txt`, {
      method: 'PUT',
      headers: { authorization: `token ${ready?.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'file', format: 'text', content: 'mine' }),
    });
    expect(saved.status).toBe(201);
  });

  it('is what a link of nbgitpuller means, in an image without nbgitpuller', async () => {
    const inner = new URLSearchParams({
      repo: addresses.course,
      branch: 'HEAD',
      urlpath: 'lab/tree/course/index.ipynb',
    });
    const { ready } = await launchWith({ urlpath: `git-pull?${inner.toString()}` });
    expect(ready).toMatchObject({ path: 'lab/tree/course/index.ipynb' });
    expect(await readFile(ready ?? {}, 'course/data/one.csv')).toBe('1');
  });

  it('is what a program asks the API for', async () => {
    const content = { ...splitSpec(gitSpec(addresses.course)), directory: 'week/one' };
    const ready = await launchByApi(server.url, { ...splitSpec(gitSpec(addresses.environment)), content });
    expect(ready).toMatchObject({ phase: 'ready', path: 'lab/tree/week/one' });
    expect(await readFile(ready as ReadyEvent & ReadyDelivery, 'week/one/data/one.csv')).toBe('1');
  });

  it('that is not there is an error of the launch, which leaves no session', async () => {
    const running = async () =>
      (await connectTestEngine().listContainers({ filters: { label: ['slipway.kind=session'] } })).filter(
        ({ Labels }) => Labels['slipway.repo-url'] === addresses.environment,
      ).length;
    await expect.poll(readPool, { timeout: 120_000, interval: 500 }).toBe('1');
    const before = await running();
    const { failed } = await launchWith({ content: gitSpec(`${git.url}/nothing.git`) });
    expect(failed).toMatchObject({ code: 'REPO_NOT_FOUND' });
    const outside = new URLSearchParams({ repo: addresses.course, targetpath: '../..' });
    const second = await launchWith({ urlpath: `git-pull?${outside.toString()}` });
    expect(second.failed).toMatchObject({ code: 'LAUNCH_CONTENT_INVALID', status_code: 400 });
    await expect.poll(readPool, { timeout: 120_000, interval: 500 }).toBe('1');
    expect(await running()).toBe(before);
  });
});
