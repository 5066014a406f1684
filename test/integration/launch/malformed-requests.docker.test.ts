import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LABELS } from '../../../services/contracts/labels.ts';
import { connectTestEngine } from '../../support/docker-engine.ts';
import { startFakeGithub, type FakeGithub } from '../../support/fake-github.ts';
import { startGitServer, type GitServer } from '../../support/git-server.ts';
import { readHoldings, type Holdings } from '../../support/inspected-process.ts';
import { gitSpec, launch } from '../../support/launch-stream.ts';
import { exchange } from '../../support/malformed/exchange.ts';
import { findFault } from '../../support/malformed/judge.ts';
import { makeMalformedRequest } from '../../support/malformed/make-request.ts';
import { createRandom, type Random } from '../../support/malformed/random.ts';
import { removeSlipway, startSlipway, type SlipwayServer } from '../../support/slipway-server.ts';

const REQUESTS = 10_000;
const AT_A_TIME = 24;
const SEED = 20_261_124;

let github: FakeGithub;
let git: GitServer;
let server: SlipwayServer;
let session: URL;

beforeAll(async () => {
  github = await startFakeGithub();
  git = await startGitServer();
  const env = { SLIPWAY_GITHUB_API_URL: github.apiUrl, NODE_OPTIONS: '--inspect=127.0.0.1:0' };
  server = await startSlipway({ allowHosts: [git.host], env });
  const { url } = await git.createRepository('attacked', { 'index.ipynb': '{}' });
  session = new URL((await launch(server.url, gitSpec(url))).ready?.url ?? '');
});

afterAll(async () => {
  await removeSlipway(server);
  await git[Symbol.asyncDispose]();
  await github[Symbol.asyncDispose]();
});

type Listener = { readonly port: number; readonly roots: readonly string[] };

/** None of these leads to a repository of another machine. */
const makeListeners = (): readonly [Listener, Listener] => [
  {
    port: Number(new URL(server.url).port),
    roots: [
      '/',
      '/',
      '/build/',
      '/build/gh/',
      '/build/git/',
      '/v2/',
      '/v2/gh/',
      '/api/v1/',
      '/health',
      '/metrics',
      '/badge',
    ],
  },
  {
    port: Number(session.port),
    roots: ['/', '/s', '/s/', `/s/${'a'.repeat(26)}/`, session.pathname, session.pathname, `${session.pathname}enter`],
  },
];

/** Sends so many requests, some at a time; gives what was wrong with the answers. */
const attack = async (random: Random, count: number): Promise<string[]> => {
  const listeners = makeListeners();
  const faults: string[] = [];
  let left = count;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const { port, roots } = random.pick(listeners);
      const request = makeMalformedRequest(random, roots);
      const answer = await exchange(port, request);
      const fault = findFault(request, answer);
      const shown = request.bytes.toString('latin1').slice(0, 300);
      if (fault !== undefined) faults.push(`${fault}: ${JSON.stringify(shown)} → ${answer?.body.slice(0, 120)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return faults;
};

const readServer = (): Promise<Holdings> => readHoldings(server);

/** Longer than connections to sessions, and to git, are kept for the next request. */
const KEPT_MS = 25_000;

/** What is held once nothing more is given back, or no more than `wanted`. */
const settle = async (wanted: number): Promise<Holdings> => {
  const end = Date.now() + KEPT_MS;
  let held = await readServer();
  while (held.descriptors > wanted && Date.now() < end) {
    await sleep(500);
    held = await readServer();
  }
  return held;
};

/** The containers of this server, whatever else the machine runs. */
const listContainers = async (): Promise<string[]> => {
  const engine = connectTestEngine();
  const list = (label: string) => engine.listContainers({ all: true, filters: { label: [label] } });
  const [own] = await list(`${LABELS.sessionId}=${session.pathname.split('/')[2]}`);
  const containers = await list(`${LABELS.instance}=${own?.Labels[LABELS.instance]}`);
  return containers.map(({ Id }) => Id).toSorted();
};

const findMore = (before: Holdings, after: Holdings): string[] =>
  Object.entries(after.resources)
    .filter(([kind, count]) => count > (before.resources[kind] ?? 0))
    .map(([kind, count]) => `${count} × ${kind}, before ${before.resources[kind] ?? 0}`);

describe('10,000 malformed requests', () => {
  it('leave no 5xx, no answer without CORS and a code, and nothing behind', async () => {
    const random = createRandom(SEED);
    const [quiet, containers] = [await readServer(), await listContainers()];
    expect(containers).not.toEqual([]);
    await attack(random, REQUESTS / 10); // What is loaded on first use is there from now on.
    const { heapMib } = await readServer();
    expect(await attack(random, REQUESTS)).toEqual([]);
    const after = await settle(quiet.descriptors);
    expect(after.descriptors).toBeLessThanOrEqual(quiet.descriptors);
    expect(findMore(quiet, after)).toEqual([]);
    expect(after.heapMib).toBeLessThan(heapMib + 8);
    expect(await listContainers()).toEqual(containers);
    expect((await fetch(new URL('api', session))).status).toBe(200);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });
});
