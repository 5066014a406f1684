import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectTestEngine, readBridgeAddress } from '../../support/docker-engine.ts';
import { startGitServer, type GitServer } from '../../support/git-server.ts';
import { gitSpec, launch } from '../../support/launch-stream.ts';
import { removeSlipway, startSlipway, type SlipwayServer } from '../../support/slipway-server.ts';

let git: GitServer;
let server: SlipwayServer;

beforeAll(async () => {
  git = await startGitServer(await readBridgeAddress(connectTestEngine()));
  const env = { SLIPWAY_ISOLATION_EGRESS_ALLOW: git.host };
  server = await startSlipway({ allowHosts: [git.host], env });
});

afterAll(async () => {
  await removeSlipway(server);
  await git[Symbol.asyncDispose]();
});

it('a link of nbgitpuller is left to an image that has it, which pulls what the link says', async () => {
  const environment = await git.createRepository('puller', { 'requirements.txt': 'nbgitpuller\n' });
  const { url: repo } = await git.createRepository('course', { 'data/one.csv': '1' });
  const link = `git-pull?${new URLSearchParams({ repo, branch: 'main', targetpath: 'course', urlpath: 'lab/tree/course' }).toString()}`;
  const query = new URLSearchParams({ urlpath: link }).toString();
  const { ready, failed, log } = await launch(server.url, `${gitSpec(environment.url)}?${query}`);
  expect(failed).toBeUndefined();
  expect(log).not.toContain(`Added ${repo}`);
  expect(ready).not.toHaveProperty('path');
  const ask = async (path: string): Promise<Response> =>
    fetch(`${ready?.url ?? ''}${path}`, { headers: { authorization: `token ${ready?.token ?? ''}` } });
  const page = await ask(link);
  expect([page.status, (await page.text()).includes('nbgitpuller')]).toEqual([200, true]);
  expect((await ask('api/contents/course/data/one.csv')).status).toBe(404);
  const pulling = await (await ask(link.replace('git-pull?', 'git-pull/api?'))).text();
  expect(pulling).toContain('"phase": "finished"');
  expect(await (await ask('api/contents/course/data/one.csv')).json()).toMatchObject({ content: '1' });
});
