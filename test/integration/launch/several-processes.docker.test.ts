import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGitServer, type GitServer } from '../../support/git-server.ts';
import { gitSpec, launch, type LaunchOutcome } from '../../support/launch-stream.ts';
import { startRedisServer, type RedisServer } from '../../support/redis-server.ts';
import { startRoundRobin, type RoundRobin } from '../../support/round-robin.ts';
import { removeSlipway, startSlipway, type SlipwayServer } from '../../support/slipway-server.ts';

let git: GitServer;
let redis: RedisServer;
let control: RoundRobin;
let sessions: RoundRobin;
let env: Readonly<Record<string, string>>;
let launchers: SlipwayServer[] = [];
let builders: SlipwayServer[] = [];
let policy: string;

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/;

const portOf = (url: string): number => Number(new URL(url).port);

beforeAll(async () => {
  [git, redis] = [await startGitServer(), await startRedisServer()];
  control = await startRoundRobin(() => launchers.map(({ url }) => portOf(url)));
  sessions = await startRoundRobin(() => launchers.map(({ sessionUrl }) => portOf(sessionUrl)));
  policy = await mkdtemp(join(tmpdir(), 'slipway-policy-'));
  await writeFile(join(policy, 'policy.yaml'), 'profiles: [{ repository: "**/one-session", sessions: 1 }]\n');
  env = {
    SLIPWAY_ADMISSION_POLICY_FILE: join(policy, 'policy.yaml'),
    SLIPWAY_ADMISSION_GRACE_SECONDS: '3',
    SLIPWAY_REDIS_URL: redis.url,
    SLIPWAY_REDIS_LOSS_SECONDS: '2',
    SLIPWAY_SESSION_URL: sessions.url,
    SLIPWAY_PUBLIC_URL: control.url,
    SLIPWAY_BUILD_CONCURRENCY: '1',
    SLIPWAY_ADMIN_TOKEN: 'operators-only',
    SLIPWAY_POOL_CHECK_SECONDS: '1',
  };
  const shared = { allowHosts: [git.host], env };
  const first = await startSlipway({ ...shared, command: 'builder' });
  const { imagePrefix } = first;
  builders = [first, await startSlipway({ ...shared, imagePrefix, command: 'builder' })];
  launchers = [
    await startSlipway({ ...shared, imagePrefix, command: 'launcher' }),
    await startSlipway({ ...shared, imagePrefix, command: 'launcher' }),
  ];
});

afterAll(async () => {
  for (const server of [...builders, ...launchers.slice(1)]) {
    await server.stop();
    await rm(server.data, { recursive: true, force: true });
  }
  const [last] = launchers;
  if (last) await removeSlipway(last, env);
  await Promise.all([control, sessions, redis, git].map((part) => part[Symbol.asyncDispose]()));
  await rm(policy, { recursive: true });
});

const statusOf = async ({ ready }: LaunchOutcome): Promise<number> => {
  const headers = { authorization: `token ${ready?.token ?? ''}`, connection: 'close' };
  return (await fetch(`${ready?.url ?? ''}api/status`, { headers })).status;
};

const numbersOf = ({ ids }: LaunchOutcome): number[] => ids.map((id) => Number(id.split('.')[1]));
const counted = ({ ids }: LaunchOutcome): number[] => ids.map((_, index) => index + 1);

/** Launches, and resolves `begun` when an event says so. */
const launchUntil = (url: string, spec: string, sign: RegExp) => {
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const outcome = launch(url, spec, ({ message }) => {
    if (sign.test(message)) resolve();
  });
  return { outcome, begun };
};

/** Takes a while, says something of its own each time, and is like no other, so that the engine cannot know its outcome. */
const makeSlow = (name: string, seconds = 4): string =>
  `#!/bin/sh\n# ${name} ${Date.now()}\ncat /proc/sys/kernel/random/uuid\nsleep ${seconds}\n`;

/** What a stream says until its launch is over. */
const readUntilOver = async (response: Response): Promise<string> => {
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (/"phase":"(?:ready|failed)"/.test(text)) break;
  }
  return text;
};

describe('two launchers and two builders behind a round-robin', () => {
  let first: LaunchOutcome;
  let address: string;

  it('launch what a builder built for them, and tell its log', async () => {
    ({ url: address } = await git.createRepository('shared', {
      postBuild: `#!/bin/sh\n# ${Date.now()}\necho built by a builder\n`,
    }));
    first = await launch(control.url, gitSpec(address));
    expect(first.failed).toBeUndefined();
    expect(first.log).toContain('built by a builder');
    expect(numbersOf(first)).toEqual(counted(first));
  });

  it('serve one another’s sessions', async () => {
    const statuses = [];
    for (let turn = 0; turn < 6; turn += 1) statuses.push(await statusOf(first));
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200]);
  });

  it('serve one another’s launches, from any event on', async () => {
    for (const { url } of launchers) {
      const response = await fetch(`${url}/build/${gitSpec(address)}`, {
        headers: { accept: 'text/event-stream', 'last-event-id': first.ids.at(-3) ?? '' },
      });
      const text = await readUntilOver(response);
      expect([...text.matchAll(/^id: (.*)\ndata: /gm)].map(([, id]) => id)).toEqual(first.ids.slice(-2));
    }
  });

  it('let each entry link in once, whoever is asked', async () => {
    const { enterUrl = '' } = first.ready ?? {};
    const enter = async (): Promise<number> =>
      (await fetch(enterUrl, { redirect: 'manual', headers: { connection: 'close' } })).status;
    const statuses = [await enter(), await enter(), await enter()];
    expect(statuses[0]).toBe(303);
    expect(statuses.slice(1).every((status) => status >= 400 && status < 500)).toBe(true);
  });

  it('build once what is asked for at both', async () => {
    const { url } = await git.createRepository('once', {
      postBuild: `#!/bin/sh\n# ${Date.now()}\nsleep 1\ncat /proc/sys/kernel/random/uuid\n`,
    });
    const outcomes = await Promise.all(launchers.map((server) => launch(server.url, gitSpec(url))));
    const uuids = outcomes.map(({ log }) => UUID.exec(log)?.[0]);
    expect(uuids[0]).toBeDefined();
    expect(uuids[1]).toBe(uuids[0]);
  });
});

const expectWhole = async (outcome: LaunchOutcome): Promise<void> => {
  expect(outcome.failed).toBeUndefined();
  expect(numbersOf(outcome)).toEqual(counted(outcome));
  expect(await statusOf(outcome)).toBe(200);
};

/** Opens the stream of a launch, or goes on with it; the id is that of its beginning. */
const openStream = async (url: string, lastId = '') => {
  const leaving = new AbortController();
  const headers = { accept: 'text/event-stream', ...(lastId === '' ? {} : { 'last-event-id': lastId }) };
  const response = await fetch(url, { headers, signal: leaving.signal });
  const [first, rest] = response.body?.tee() ?? [];
  let text = '';
  for await (const chunk of first?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (text.includes('id: ')) break;
  }
  const id = /^id: (.*)$/m.exec(text)?.[1] ?? '';
  return { id, response: new Response(rest ?? null), leave: () => leaving.abort() };
};

/** Ends the session of a launch. */
const stopSession = async ({ ready }: LaunchOutcome): Promise<void> => {
  const headers = { authorization: `token ${ready?.token ?? ''}` };
  const address = `${control.url}/api/v1/sessions/${ready?.sessionId ?? ''}`;
  expect((await fetch(address, { method: 'DELETE', headers })).status).toBeLessThan(300);
};

describe('two launchers with one quota', () => {
  it('let in together what it allows, and the next one when that is over', async () => {
    const { url } = await git.createRepository('one-session', { 'README.md': 'Once.' });
    const both = launchers.map((server) =>
      launchUntil(server.url, gitSpec(url), /All sessions that this repository may have/),
    );
    await Promise.any(both.map(({ begun }) => begun));
    const first = await Promise.race(both.map(({ outcome }) => outcome));
    expect(await statusOf(first)).toBe(200);
    await stopSession(first);
    const outcomes = await Promise.all(both.map(({ outcome }) => outcome));
    expect(outcomes.map(({ failed }) => failed)).toEqual([undefined, undefined]);
    expect(outcomes.filter(({ log }) => log.includes('All sessions that this repository may have'))).toHaveLength(1);
  });

  it('keep a launch that is followed at the other one, and give it up when nobody follows it', async () => {
    const { url } = await git.createRepository('followed', { postBuild: makeSlow('followed', 8) });
    const [one = '', other = ''] = launchers.map((server) => server.url);
    const visit = await openStream(`${one}/build/${gitSpec(url)}`);
    const elsewhere = await openStream(`${other}/build/${gitSpec(url)}`, visit.id);
    visit.leave();
    expect(await readUntilOver(elsewhere.response)).toContain('"phase":"ready"');
    const slow = await git.createRepository('abandoned', { postBuild: makeSlow('abandoned', 60) });
    const alone = await openStream(`${one}/build/${gitSpec(slow.url)}`);
    alone.leave();
    const events = `${other}/api/v1/launches/${alone.id.split('.', 1)[0] ?? ''}/events`;
    const ask = async (): Promise<string> =>
      (await fetch(events, { headers: { accept: 'application/json', connection: 'close' } })).text();
    await expect.poll(ask, { timeout: 60_000, interval: 500 }).toContain('LAUNCH_ABANDONED');
  });
});

describe('two launchers with one pool', () => {
  const authorization = 'Bearer operators-only';
  const countWaiting = async ({ url }: SlipwayServer): Promise<number> => {
    const answer = await fetch(`${url}/api/v1/waiting-sessions`, { headers: { authorization } });
    return ((await answer.json()) as { readonly waiting: number }).waiting;
  };
  const untilWaiting = async (count: number): Promise<void> => {
    for (const server of launchers) await expect.poll(() => countWaiting(server), { timeout: 60_000 }).toBe(count);
  };

  it('let sessions wait together that one of them was asked for, and each gives them away', async () => {
    const { url } = await git.createRepository('class', { 'README.md': 'At nine.' });
    const demand = `${launchers[0]?.url ?? ''}/api/v1/waiting-sessions/class`;
    const headers = { authorization, 'content-type': 'application/json' };
    const body = JSON.stringify({ provider: 'git', spec: gitSpec(url).replace('git/', ''), count: 2 });
    expect((await fetch(demand, { method: 'PUT', headers, body })).status).toBe(200);
    await untilWaiting(2);
    for (const server of launchers) {
      const outcome = await launch(server.url, gitSpec(url));
      expect(outcome.log).toContain('A session was waiting.');
      expect(await statusOf(outcome)).toBe(200);
    }
    await untilWaiting(2);
    await fetch(demand, { method: 'DELETE', headers: { authorization } });
    await untilWaiting(0);
  });
});

describe('when a process is killed', () => {
  it('another launcher goes on with its launches, and each event is seen once', async () => {
    const { url } = await git.createRepository('launcher-lost', { postBuild: makeSlow('launcher-lost') });
    const both = [1, 2].map(() => launchUntil(control.url, gitSpec(url), UUID));
    await Promise.all(both.map(({ begun }) => begun));
    const [lost] = launchers.splice(0, 1);
    await lost?.kill();
    for (const outcome of await Promise.all(both.map(({ outcome }) => outcome))) await expectWhole(outcome);
    if (lost) launchers.push(await lost.restart());
  });

  it('another builder begins its build again, once', async () => {
    const [other] = builders.splice(1, 1);
    await other?.stop();
    const { url } = await git.createRepository('builder-lost', { postBuild: makeSlow('builder-lost') });
    const { outcome, begun } = launchUntil(control.url, gitSpec(url), UUID);
    await begun;
    const [lost] = builders.splice(0, 1);
    await lost?.kill();
    if (other) builders.push(await other.restart());
    const whole = await outcome;
    await expectWhole(whole);
    expect(new Set(whole.log.match(new RegExp(UUID, 'g'))).size).toBe(2);
    if (lost) builders.push(await lost.restart());
  });

  it('Redis comes back with all that it acknowledged, and launches go on', async () => {
    const { url } = await git.createRepository('redis-lost', { postBuild: makeSlow('redis-lost') });
    const { outcome, begun } = launchUntil(control.url, gitSpec(url), UUID);
    await begun;
    await redis.kill();
    await redis.start();
    await expectWhole(await outcome);
  });
});
