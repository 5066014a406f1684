import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectTestEngine } from '../../support/docker-engine.ts';
import { ensureTestBase, TEST_IMAGE_PREFIX } from '../../support/base-image.ts';
import { startFreshEngine, whyNoFreshEngine, type FreshEngine } from '../../support/fresh-engine.ts';
import { startGitServer, type GitServer } from '../../support/git-server.ts';
import { gitSpec, launch, type Delivered, type LaunchOutcome } from '../../support/launch-stream.ts';
import { skipTitle } from '../../support/skip-title.ts';
import { removeSlipway, startSlipway, type SlipwayServer } from '../../support/slipway-server.ts';

const PREFIX = 'slipway-restarted/';

const reason = await whyNoFreshEngine();

let git: GitServer;
let engine: FreshEngine;
let server: SlipwayServer;

/** Brings the base of all tests to an engine that has nothing. */
const shareBase = async (): Promise<void> => {
  const machine = connectTestEngine();
  const { name } = await ensureTestBase(machine);
  await engine.engine.loadImage(await machine.getImage(name).get());
  const [repo = '', tag = ''] = name.replace(TEST_IMAGE_PREFIX, PREFIX).split(':');
  await engine.engine.getImage(name).tag({ repo, tag });
};

const statusOf = async ({ ready }: LaunchOutcome): Promise<number> =>
  (await fetch(`${ready?.url ?? ''}api/status`, { headers: { authorization: `token ${ready?.token ?? ''}` } })).status;

const showSession = async ({ ready }: LaunchOutcome): Promise<unknown> => {
  const headers = { authorization: `Bearer ${ready?.token ?? ''}` };
  return (await fetch(`${server.url}/api/v1/sessions/${ready?.sessionId ?? ''}`, { headers })).json();
};

const createRepository = async (name: string, files: Readonly<Record<string, string>>): Promise<string> =>
  gitSpec((await git.createRepository(name, files)).url);

/** Launches, and tells when the build has said a text. */
const launchAndWatch = (spec: string, said: string) => {
  const seen = Promise.withResolvers<void>();
  const onEvent = ({ message }: Delivered): void => {
    if (message.includes(said)) seen.resolve();
  };
  return { outcome: launch(server.url, spec, onEvent), seen: seen.promise };
};

const postBuild = (...lines: readonly string[]): string => ['#!/bin/sh', ...lines, ''].join('\n');

describe.skipIf(reason !== undefined)(
  `an engine that is stopped and started again${skipTitle('', reason)}`,
  { retry: 0, timeout: 180_000 },
  () => {
    const launched: { first?: LaunchOutcome } = {};

    beforeAll(async () => {
      [git, engine] = [await startGitServer(), await startFreshEngine(['--live-restore'])];
      await shareBase();
      const env = { DOCKER_HOST: engine.address, SLIPWAY_SESSIONS_RECONCILE_SECONDS: '1' };
      server = await startSlipway({ allowHosts: [git.host], imagePrefix: PREFIX, env });
      launched.first = await launch(server.url, await createRepository('survivor', { 'index.ipynb': '{}' }));
    });

    afterAll(async () => {
      await removeSlipway(server, { DOCKER_HOST: engine.address });
      await engine[Symbol.asyncDispose]();
      await git[Symbol.asyncDispose]();
    });

    it('has the sessions that outlived it, and a build that it broke off is made after all', async () => {
      const first = launched.first as LaunchOutcome;
      expect(await statusOf(first)).toBe(200);
      const spec = await createRepository('twice', { postBuild: postBuild('echo it is building', 'sleep 3') });
      const { outcome, seen } = launchAndWatch(spec, 'it is building');
      await seen;
      await engine.stop();
      expect(await statusOf(first)).toBe(200);
      await engine.start(['--live-restore']);
      const second = await outcome;
      expect(second.log).toContain('Trying once more');
      expect(second.failed).toBeUndefined();
      expect(await statusOf(second)).toBe(200);
      expect(await statusOf(first)).toBe(200);
      expect(await showSession(first)).toMatchObject({ state: 'running' });
    });

    it('ends what did not outlive it and says why, and launches again', async () => {
      const first = launched.first as LaunchOutcome;
      const slow = await createRepository('slow', { start: '#!/bin/sh\nsleep 300\nexec "$@"\n' });
      const starting = launchAndWatch(slow, 'waiting for Jupyter');
      await starting.seen;
      const spec = await createRepository('broken', { postBuild: postBuild('echo it is building', 'sleep 600') });
      const { outcome, seen } = launchAndWatch(spec, 'it is building');
      await seen;
      await engine.stop();
      expect((await outcome).failed).toMatchObject({ code: 'BUILD_ENGINE_UNAVAILABLE', retry: true });
      await engine.start();
      await expect
        .poll(() => showSession(first), { timeout: 60_000 })
        .toMatchObject({
          state: 'ended',
          code: 'SESSION_ENGINE_STOPPED',
        });
      expect(await statusOf(first)).toBe(410);
      expect((await starting.outcome).failed).toMatchObject({ code: 'SESSION_ENGINE_STOPPED', retry: true });
      const later = await launch(server.url, await createRepository('later', { 'index.ipynb': '{}' }));
      expect(await statusOf(later)).toBe(200);
    });
  },
);
