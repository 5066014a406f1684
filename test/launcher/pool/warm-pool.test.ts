import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readSettings } from '../../../services/cli/read-settings.ts';
import type { SessionAddress } from '../../../services/contracts/session.ts';
import { createMetrics } from '../../../services/launcher/metrics.ts';
import { ownPoolTurn, type PoolTurn } from '../../../services/launcher/pool/pool-turn.ts';
import { createMemoryRecentLaunches } from '../../../services/launcher/pool/recent-launches.ts';
import { createWarmPool } from '../../../services/launcher/pool/warm-pool.ts';
import { createBusyPace } from '../../support/cold-starts.ts';
import { systemClock as clock } from '../../../services/platform/clock.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { createFakeSessionRuntime } from '../../support/fake-session-runtime.ts';
import { createFakeWarmRuntime } from '../../support/fake-warm-runtime.ts';
import { makeSessionSpec } from '../../support/session-spec.ts';

/** Variables that sessions were told, and whether they can be told any. */
const told: unknown[] = [];
let canBeTold = true;
const answerPut = async (incoming: IncomingMessage): Promise<number> => {
  const variables = await json(incoming);
  if (canBeTold) told.push(variables);
  return canBeTold ? 204 : 404;
};
const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
  response.writeHead(incoming.method === 'PUT' ? await answerPut(incoming) : 200).end();
};
const jupyter = createServer((incoming, response) => void answer(incoming, response));
let address: SessionAddress;
beforeAll(async () => {
  jupyter.listen(0, '127.0.0.1');
  await once(jupyter, 'listening');
  address = { host: '127.0.0.1', port: (jupyter.address() as AddressInfo).port };
});
afterAll(() => void jupyter.close());
beforeEach(() => {
  told.length = 0;
  canBeTold = true;
});

const { id: _id, ...request } = makeSessionSpec();
const { launchId: _launchId, ...session } = request;
const never = (): AbortSignal => new AbortController().signal;

type Changes = {
  readonly popular?: number;
  readonly place?: SessionAddress;
  /** Of the servers, in their order. */
  readonly turns?: PoolTurn[];
};

const setup = ({ popular = 0, place = address, turns = [] }: Changes = {}) => {
  const sessions = createFakeSessionRuntime({ address: place });
  const runtime = createFakeWarmRuntime(sessions, place);
  const settings = readSettings({}, {});
  const memory = { available: Number.MAX_SAFE_INTEGER, room: Number.POSITIVE_INFINITY };
  const [pace, metrics] = [createBusyPace(10), createMetrics()];
  const open = () =>
    createWarmPool({
      runtime,
      sessions,
      keys: { token: (id) => `token of ${id}` },
      pace,
      recent: createMemoryRecentLaunches(),
      turn: turns.shift() ?? ownPoolTurn,
      settings: { ...settings, pool: { ...settings.pool, popular } },
      availableMemory: () => memory.available,
      room: async () => memory.room,
      clock,
      metrics,
      logger: createLogger({ level: 'silent' }),
    });
  return { pool: open(), open, sessions, runtime, memory, pace, metrics };
};

const countWaiting = async ({ runtime }: Pick<ReturnType<typeof setup>, 'runtime'>) => (await runtime.list()).length;

describe('the pool of waiting sessions', () => {
  it('fills up to what is held, and gives them away until none is left', async () => {
    const { pool, sessions, runtime, metrics } = setup();
    pool.hold('room', [{ session, count: 2 }]);
    await pool.fill(never());
    expect([pool.waiting().length, runtime.settled.length]).toEqual([2, 2]);
    const first = await pool.claim(request, never());
    const second = await pool.claim({ ...request, launchId: 'launch-2' }, never());
    expect(await pool.claim({ ...request, launchId: 'launch-3' }, never())).toBeUndefined();
    expect(first).toMatchObject({ spec: request, address });
    expect(second?.spec.id).not.toBe(first?.spec.id);
    expect((await sessions.list()).map(({ spec }) => spec)).toEqual([first?.spec, second?.spec]);
    const text = await metrics.render();
    expect(text).toContain('slipway_pool_claims_total{outcome="hit"} 2');
    expect(text).toContain('slipway_pool_claims_total{outcome="miss"} 1');
    await pool.fill(never());
    expect(pool.waiting().length).toBe(2);
  });

  it('gives no session of another image', async () => {
    const { pool } = setup();
    pool.hold('room', [{ session, count: 1 }]);
    await pool.fill(never());
    expect(await pool.claim({ ...request, image: 'another:1' }, never())).toBeUndefined();
    expect(pool.waiting().length).toBe(1);
  });

  it('gives each to one launch only, when two servers know of the same', async () => {
    const parts = setup();
    const other = parts.open();
    parts.pool.hold('room', [{ session, count: 3 }]);
    await parts.pool.fill(never());
    await other.adopt();
    const claims = Array.from({ length: 6 }, (_, index) =>
      (index % 2 === 0 ? parts.pool : other).claim({ ...request, launchId: `launch-${index}` }, never()),
    );
    const given = (await Promise.all(claims)).flatMap((started) => started?.spec.id ?? []);
    expect([given.length, new Set(given).size]).toEqual([3, 3]);
  });

  it('does not give one in which nothing answers, and takes it away', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const place = { host: '127.0.0.1', port: (gone.address() as AddressInfo).port };
    gone.close();
    const { pool, runtime, sessions } = setup({ place });
    const spec = { ...makeSessionSpec(), launchId: '' };
    await runtime.start({ spec, token: '', basePath: '' }, never());
    await runtime.settle(spec.id);
    await pool.adopt();
    expect(await pool.claim({ ...request, image: spec.image }, never())).toBeUndefined();
    expect([await runtime.list(), await sessions.list()]).toEqual([[], []]);
  });

  it('starts nothing while a session of a visitor starts', async () => {
    const parts = setup();
    parts.pool.hold('room', [{ session, count: 2 }]);
    await parts.pace.whileWaiting(() => parts.pool.fill(never()));
    expect(await countWaiting(parts)).toBe(0);
    await parts.pool.fill(never());
    expect(await countWaiting(parts)).toBe(2);
  });

  it('gives way when its places are needed, or memory is short', async () => {
    const parts = setup();
    parts.pool.hold('room', [{ session, count: 3 }]);
    await parts.pool.fill(never());
    const [first, second, third] = parts.pool.waiting().map(({ id }) => id);
    await parts.pool.evict([first ?? '', second ?? '', 'unknown']);
    expect(parts.pool.waiting().map(({ id }) => id)).toEqual([third]);
    expect(await countWaiting(parts)).toBe(1);
    await parts.pool.fill(never());
    expect(await countWaiting(parts)).toBe(3);
    parts.memory.room = 1;
    await parts.pool.fill(never());
    expect(await countWaiting(parts)).toBe(1);
    parts.memory.room = 3;
    await parts.pool.fill(never());
    parts.memory.available = 0;
    await parts.pool.fill(never());
    expect(await countWaiting(parts)).toBe(2);
  });

  it('ends what is not held any more', async () => {
    const parts = setup();
    parts.pool.hold('room', [{ session, count: 2 }]);
    await parts.pool.fill(never());
    parts.pool.hold('room', []);
    await parts.pool.fill(never());
    expect(await countWaiting(parts)).toBe(0);
  });

  it('shares its places among what is launched often, and keeps them over a restart', async () => {
    const parts = setup({ popular: 3 });
    const launches = [...Array<string>(5).fill('busy:1'), 'quiet:1', 'quiet:1', 'once:1'];
    for (const image of launches) await parts.pool.claim({ ...request, image }, never());
    await parts.pool.fill(never());
    const images = async () => (await parts.runtime.list()).map(({ spec }) => spec.image).sort();
    expect(await images()).toEqual(['busy:1', 'busy:1', 'quiet:1']);
    const next = parts.open();
    await next.adopt();
    await next.fill(never());
    expect(await images()).toEqual(['busy:1', 'busy:1', 'quiet:1']);
  });

  it('leaves nothing of a session that could not be started, and says so', async () => {
    const parts = setup();
    parts.runtime.isBroken = true;
    parts.pool.hold('room', [{ session, count: 1 }]);
    await expect(parts.pool.fill(never())).rejects.toThrow('nothing starts');
    expect(parts.pool.waiting().length).toBe(0);
  });

  it('puts sessions into the environment of an image, for every commit and repository that has it', async () => {
    const { pool, runtime } = setup();
    for (const image of [session.image, 'of-another:1']) runtime.places.set(image, 'environment:1');
    pool.hold('room', [{ session, count: 2 }]);
    await pool.fill(never());
    const untold = { image: 'environment:1', repoUrl: '', request: '' };
    expect(pool.waiting()).toMatchObject([untold, untold]);
    expect(await pool.claim({ ...request, image: 'of-a-third:1' }, never())).toBeUndefined();
    const other = { ...request, image: 'of-another:1', request: 'v2/gh/other/one/HEAD' };
    expect(await pool.claim(other, never())).toMatchObject({ spec: other });
    expect(told).toEqual([{}, {}, expect.objectContaining({ BINDER_REQUEST: 'v2/gh/other/one/HEAD' })]);
    await pool.fill(never());
    expect(pool.waiting().length).toBe(2);
  });

  it('adds up what different repositories with one environment want, and not what is wanted twice', async () => {
    const { pool, runtime } = setup();
    const other = { ...session, image: 'of-another:1' };
    for (const { image } of [session, other]) runtime.places.set(image, 'environment:1');
    pool.hold('configured', [{ session, count: 2 }]);
    pool.hold('class', [{ session, count: 3 }]);
    pool.hold('other', [{ session: other, count: 1 }]);
    await pool.fill(never());
    expect(pool.waiting().length).toBe(4);
  });

  it('puts them into the image itself where a server cannot be told whom it serves', async () => {
    const { pool, runtime } = setup();
    runtime.places.set(session.image, 'environment:1');
    canBeTold = false;
    pool.hold('room', [{ session, count: 1 }]);
    await pool.fill(never());
    expect(await runtime.list()).toEqual([]);
    await pool.fill(never());
    expect(pool.waiting()).toMatchObject([{ image: session.image, request: request.request }]);
    expect(await pool.claim(request, never())).toMatchObject({ spec: request });
  });

  it('gives the session that has the content already before one that does not', async () => {
    const { pool, runtime } = setup();
    const waiting = ['environment:1', session.image].map((image) => ({ ...makeSessionSpec({ image }), launchId: '' }));
    for (const spec of waiting) {
      await runtime.start({ spec, token: '', basePath: '' }, never());
      await runtime.settle(spec.id);
    }
    runtime.places.set(session.image, 'environment:1');
    await pool.adopt();
    expect((await pool.claim(request, never()))?.spec.id).toBe(waiting[1]?.id);
    expect((await pool.claim(request, never()))?.spec.id).toBe(waiting[0]?.id);
  });

  it('is looked after by the server whose turn it is, while all of them give sessions away', async () => {
    const parts = setup({ turns: [ownPoolTurn, { take: async () => false }] });
    const other = parts.open();
    for (const pool of [parts.pool, other]) pool.hold('room', [{ session, count: 2 }]);
    await other.fill(never());
    expect(await countWaiting(parts)).toBe(0);
    await parts.pool.fill(never());
    await other.fill(never());
    expect(await countWaiting(parts)).toBe(2);
    expect(await other.claim(request, never())).toMatchObject({ spec: request });
  });
});
