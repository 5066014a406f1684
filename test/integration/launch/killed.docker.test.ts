import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LABELS } from '../../../services/contracts/labels.ts';
import { connectTestEngine } from '../../support/docker-engine.ts';
import { startGitServer, type GitServer } from '../../support/git-server.ts';
import { gitSpec, launch, type LaunchOutcome } from '../../support/launch-stream.ts';
import { startRedisServer, type RedisServer } from '../../support/redis-server.ts';
import { removeSlipway, startSlipway, type SlipwayServer } from '../../support/slipway-server.ts';

/** The moments are random, and the same whenever the test runs with the same seed. */
const SEED = Number(process.env['SLIPWAY_TEST_SEED'] ?? 20_261_124);
/** Every so many kills another launch begins, so that each stage of one is hit by some. */
const KILLS_OF_A_LAUNCH = 5;
const LONGEST_MS = 1000;

/** Mulberry32: a small generator of numbers from 0 to 1. */
const createRandom = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const script = (text: string) => `#!/bin/sh\necho ${text}\nsleep 1\n`;

const statusOf = async ({ ready }: LaunchOutcome): Promise<number> =>
  (await fetch(`${ready?.url ?? ''}api/status`, { headers: { authorization: `token ${ready?.token ?? ''}` } })).status;

let git: GitServer;
let redis: RedisServer;
/** The server that runs now, to be removed whatever happens. */
let current: SlipwayServer;

type Mode = {
  readonly stores: string;
  readonly kills: number;
  readonly env: () => Readonly<Record<string, string>>;
};

type Run = {
  readonly server: SlipwayServer;
  readonly outcomes: readonly LaunchOutcome[];
  readonly unreachable: number;
};

/** Kills the server at random moments, each time while something is launched, and starts it again. */
const killAgainAndAgain = async (first: SlipwayServer, { stores, kills }: Mode): Promise<Run> => {
  const random = createRandom(SEED);
  const launching: Promise<LaunchOutcome>[] = [];
  const ready: LaunchOutcome[] = [];
  const moments: number[] = [];
  const remember = async (launched: Promise<LaunchOutcome>): Promise<LaunchOutcome> => {
    const outcome = await launched;
    if (outcome.ready !== undefined) ready.push(outcome);
    return outcome;
  };
  current = first;
  let unreachable = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    if (kill % KILLS_OF_A_LAUNCH === 0) {
      const { url } = await git.createRepository(`${stores}-${kill}`, {
        postBuild: script(`killed ${stores} ${kill} ${Date.now()}`),
      });
      launching.push(remember(launch(current.url, gitSpec(url))));
    }
    const moment = Math.round(random() * LONGEST_MS);
    moments.push(moment);
    await sleep(moment);
    const running = [...ready];
    await current.kill();
    current = await current.restart();
    for (const outcome of running) if ((await statusOf(outcome)) !== 200) unreachable += 1;
  }
  process.stdout.write(`${stores}: seed ${SEED}; killed after ${moments.join(', ')} ms\n`);
  return { server: current, outcomes: await Promise.all(launching), unreachable };
};

/** The launches that the containers of an installation are of, one for each container: of the one that ran `some` of them. */
const launchesBeside = async (some: readonly string[]): Promise<string[]> => {
  const containers = await connectTestEngine().listContainers({ all: true, filters: { label: [LABELS.launchId] } });
  const launchOf = (container: (typeof containers)[number]): string => container.Labels[LABELS.launchId] ?? '';
  const instance = containers.find((container) => some.includes(launchOf(container)))?.Labels[LABELS.instance];
  return containers.filter(({ Labels }) => Labels[LABELS.instance] === instance).map(launchOf);
};

beforeAll(async () => {
  [git, redis] = [await startGitServer(), await startRedisServer()];
});
afterAll(async () => {
  await git[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

describe.each<Mode>([
  { stores: 'sqlite', kills: 30, env: () => ({}) },
  { stores: 'redis', kills: 10, env: () => ({ SLIPWAY_REDIS_URL: redis.url, SLIPWAY_REDIS_LOSS_SECONDS: '1' }) },
])('a server with $stores that is killed at $kills random moments', (mode) => {
  let run: Run;
  const settings = () => ({ ...mode.env(), SLIPWAY_ADMISSION_GRACE_SECONDS: '600' });
  beforeAll(async () => {
    run = await killAgainAndAgain(await startSlipway({ allowHosts: [git.host], env: settings() }), mode);
  });
  afterAll(() => removeSlipway(current, settings()));

  it('ends every launch in a session', () => {
    expect(run.outcomes.map(({ failed }) => failed)).toEqual(run.outcomes.map(() => undefined));
  });

  it('shows a watching EventSource every event once, in order', () => {
    for (const { ids } of run.outcomes) {
      expect(ids.map((id) => Number(id.split('.')[1]))).toEqual(ids.map((_, index) => index + 1));
      expect(new Set(ids.map((id) => id.split('.')[0])).size).toBe(1);
    }
  });

  it('keeps running sessions reachable', async () => {
    expect(run.unreachable).toBe(0);
    for (const outcome of run.outcomes) expect(await statusOf(outcome)).toBe(200);
  });

  it('leaves one container for each launch, and no work', async () => {
    const watched = run.outcomes.map(({ ids }) => ids[0]?.split('.')[0] ?? '');
    const launches = await launchesBeside(watched);
    expect(launches).toHaveLength(new Set(launches).size);
    expect(launches).toEqual(expect.arrayContaining(watched));
    expect(await readdir(join(run.server.data, 'work'))).toEqual([]);
  });
});
