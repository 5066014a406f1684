import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Settings } from '../../../services/contracts/settings.ts';
import type { SessionSpec } from '../../../services/contracts/session.ts';
import { createReconciler } from '../../../services/launcher/reconcile/reconciler.ts';
import { createSessionAccess } from '../../../services/launcher/sessions/session-access.ts';
import { createSessionDirectory } from '../../../services/launcher/sessions/session-directory.ts';
import { createSessionHistory, ENDED_SESSIONS } from '../../../services/launcher/sessions/session-history.ts';
import { stopAllSessions } from '../../../services/launcher/sessions/stop-all-sessions.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { openDatabase } from '../../../services/platform/sqlite.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeSessionRuntime } from '../../support/fake-session-runtime.ts';
import { makeSessionSpec } from '../../support/session-spec.ts';

const limits: Settings['sessions'] = {
  memoryMib: 64,
  cpus: 1,
  startCpus: 1,
  pids: 64,
  logMib: 1,
  startTimeoutSeconds: 30,
  startsAtOnce: 0,
  idleSeconds: 100,
  maxAgeSeconds: 1000,
  downloadMib: 64,
  reconcileSeconds: 10,
};

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** A Jupyter that says what its kernels do. */
const startKernels = async () => {
  const kernels = { state: 'idle', asked: [] as (string | undefined)[] };
  const server = createServer((request, response) => {
    kernels.asked.push(request.headers.authorization);
    response.end(JSON.stringify([{ execution_state: 'idle' }, { execution_state: kernels.state }]));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  return { kernels, port: (server.address() as AddressInfo).port };
};

const setup = async () => {
  const { kernels, port } = await startKernels();
  const clock = createFakeClock();
  const runtime = createFakeSessionRuntime({ address: { host: '127.0.0.1', port }, now: () => clock.now() });
  const history = createSessionHistory(openDatabase(':memory:', [ENDED_SESSIONS]));
  const directory = createSessionDirectory({ runtime, history, clock });
  const keys = createSessionAccess({ secret: Buffer.alloc(32), clock });
  const ended: string[] = [];
  const overDisk = new Set<string>();
  const blocked = new Set<string>();
  const reconciler = createReconciler({
    runtime,
    directory,
    history,
    keys,
    limits,
    clock,
    logger: createLogger({ level: 'silent' }),
    onEnded: ({ code }) => void ended.push(code),
    findOverDisk: () => overDisk,
    isBlocked: (client) => client !== undefined && blocked.has(client),
  });
  const start = async (changes: Partial<SessionSpec> = {}) => {
    const spec = makeSessionSpec(changes);
    await runtime.start({ spec, token: keys.token(spec.id), basePath: '/' }, new AbortController().signal);
    return spec;
  };
  const running = async () => (await runtime.list()).map(({ spec }) => spec.id);
  return { kernels, clock, runtime, history, directory, keys, ended, overDisk, blocked, reconciler, start, running };
};

describe('the reconciler', () => {
  it('leaves alone what is used, and ends what nobody used', async () => {
    const { clock, directory, history, reconciler, start, running, ended } = await setup();
    const [idle, used] = [await start(), await start()];
    await reconciler.reconcile();
    clock.advance(99_000);
    directory.touch(used.id);
    await reconciler.reconcile();
    expect(await running()).toHaveLength(2);
    clock.advance(1000);
    await reconciler.reconcile();
    expect(await running()).toEqual([used.id]);
    expect((await history.find(idle.id))?.end).toEqual({ code: 'SESSION_IDLE', at: clock.now() });
    expect(ended).toEqual(['SESSION_IDLE']);
  });

  it('keeps an idle session while a kernel computes, and gives it the whole time again afterwards', async () => {
    const { clock, kernels, keys, reconciler, start, running } = await setup();
    const spec = await start();
    await reconciler.reconcile();
    kernels.state = 'busy';
    clock.advance(150_000);
    await reconciler.reconcile();
    expect(kernels.asked).toEqual([`token ${keys.token(spec.id)}`]);
    kernels.state = 'idle';
    clock.advance(99_000);
    await reconciler.reconcile();
    expect(await running()).toEqual([spec.id]);
    clock.advance(1000);
    await reconciler.reconcile();
    expect(await running()).toEqual([]);
  });

  it('ends what is too old, busy or not', async () => {
    const { clock, kernels, directory, history, reconciler, start, running } = await setup();
    const spec = await start();
    kernels.state = 'busy';
    clock.advance(1_000_000);
    await reconciler.reconcile();
    directory.touch(spec.id);
    expect(await running()).toEqual([]);
    expect((await history.find(spec.id))?.end.code).toBe('SESSION_MAX_AGE');
  });

  it('ends what filled the disk, busy or not, and nothing else', async () => {
    const { kernels, overDisk, history, reconciler, start, running } = await setup();
    const [greedy, modest] = [await start(), await start()];
    kernels.state = 'busy';
    overDisk.add(greedy.id);
    await reconciler.reconcile();
    expect(await running()).toEqual([modest.id]);
    expect((await history.find(greedy.id))?.end.code).toBe('SESSION_DISK_EXCEEDED');
  });

  it('ends what a client started who is blocked now, busy or not, and nothing else', async () => {
    const { kernels, blocked, history, reconciler, start, running } = await setup();
    const [banned, other, nobody] = [await start({ client: 'aa' }), await start({ client: 'bb' }), await start()];
    kernels.state = 'busy';
    await reconciler.reconcile();
    expect(await running()).toHaveLength(3);
    blocked.add('aa');
    await reconciler.reconcile();
    expect(await running()).toEqual([other.id, nobody.id]);
    expect((await history.find(banned.id))?.end.code).toBe('SESSION_CLIENT_BLOCKED');
  });

  it('records why a session ended by itself, and removes what is left of it', async () => {
    const { runtime, history, reconciler, start, running, ended } = await setup();
    const spec = await start();
    const end = { code: 'SESSION_MEMORY_EXCEEDED', at: 5, log: 'last words' } as const;
    runtime.end(spec.id, end);
    await reconciler.reconcile();
    expect(await history.find(spec.id)).toEqual({ spec, end });
    expect([await running(), ended]).toEqual([[], ['SESSION_MEMORY_EXCEEDED']]);
  });

  it('finishes what was interrupted: an end on record of a session that still runs', async () => {
    const { history, directory, reconciler, start, running, ended } = await setup();
    const spec = await start();
    await history.record(spec, { code: 'SESSION_IDLE', at: 1 });
    await reconciler.reconcile();
    expect([await running(), directory.all(), ended]).toEqual([[], [], []]);
  });

  it('notes what somebody removed behind its back', async () => {
    const { runtime, history, reconciler, start, ended } = await setup();
    const spec = await start();
    await reconciler.reconcile();
    await runtime.stop(spec.id);
    await reconciler.reconcile();
    expect([(await history.find(spec.id))?.end.code, ended]).toEqual(['SESSION_STOPPED', ['SESSION_STOPPED']]);
  });

  it('gives sessions of an earlier process their whole idle time', async () => {
    const { clock, reconciler, start, running } = await setup();
    const spec = await start();
    clock.advance(500_000);
    await reconciler.reconcile();
    expect(await running()).toEqual([spec.id]);
  });

  it('looks after the others when one cannot be ended', async () => {
    const { clock, runtime, reconciler, start, running } = await setup();
    const [stuck, other] = [await start(), await start()];
    await reconciler.reconcile();
    clock.advance(100_000);
    const stop = runtime.stop.bind(runtime);
    runtime.stop = (id) => (id === stuck.id ? Promise.reject(new Error('no')) : stop(id));
    await reconciler.reconcile();
    expect(await running()).toEqual([stuck.id]);
    runtime.stop = stop;
    await reconciler.reconcile();
    expect([await running(), other.id]).toEqual([[], other.id]);
  });

  it('goes on when the engine was away, round after round, until it is told to stop', async () => {
    const { clock, runtime, reconciler, start, running } = await setup();
    await start();
    const began = clock.now();
    runtime.isAway = true;
    const controller = new AbortController();
    const done = reconciler.run(controller.signal);
    await expect.poll(() => clock.now() - began).toBeGreaterThan(50_000);
    runtime.isAway = false;
    await expect.poll(running).toEqual([]);
    controller.abort();
    await done;
    expect(controller.signal.aborted).toBe(true);
  });
});

describe('stopping all sessions', () => {
  it('ends what runs, removes what ended, and leaves the reasons', async () => {
    const { runtime, history, clock, start, running } = await setup();
    const [one, two] = [await start(), await start()];
    runtime.end(two.id, { code: 'SESSION_EXITED', at: 1 });
    expect(await stopAllSessions({ runtime, history, clock })).toBe(2);
    expect(await running()).toEqual([]);
    expect([(await history.find(one.id))?.end.code, (await history.find(two.id))?.end.code]).toEqual([
      'SESSION_STOPPED',
      'SESSION_EXITED',
    ]);
  });
});
