import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { createSessionService } from '../../../services/launcher/sessions/create-session-service.ts';
import { createSessionAccess } from '../../../services/launcher/sessions/session-access.ts';
import { createSessionDirectory } from '../../../services/launcher/sessions/session-directory.ts';
import { createSessionHistory, ENDED_SESSIONS } from '../../../services/launcher/sessions/session-history.ts';
import { systemClock } from '../../../services/platform/clock.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { openDatabase } from '../../../services/platform/sqlite.ts';
import { createFakeSessionRuntime, MISSING_IMAGE } from '../../support/fake-session-runtime.ts';
import { cold } from '../../support/cold-starts.ts';
import { runGenerator } from '../../support/run-generator.ts';
import { makeSessionSpec } from '../../support/session-spec.ts';

const cleanups: (() => unknown)[] = [];
afterAll(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const setup = async (jupyter: RequestListener, startTimeoutSeconds = 20) => {
  const server = createServer(jupyter).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const clock = systemClock;
  const runtime = createFakeSessionRuntime({ address: { host: '127.0.0.1', port } });
  const history = createSessionHistory(openDatabase(':memory:', [ENDED_SESSIONS]));
  const directory = createSessionDirectory({ runtime, history, clock });
  const keys = createSessionAccess({ secret: Buffer.alloc(32), clock });
  const logger = createLogger({ level: 'silent' });
  const service = createSessionService({ ...cold, runtime, directory, keys, startTimeoutSeconds, clock, logger });
  return { runtime, history, directory, keys, service };
};

const { id: _id, ...request } = makeSessionSpec();
const never = (): AbortSignal => new AbortController().signal;
const ready: RequestListener = (_request, response) => void response.writeHead(200).end('{}');

// Each has sessions of its own, and most of them wait for one.
describe.concurrent('starting a session for a launch', () => {
  it('waits until Jupyter answers below the base path, which may take some asking', async () => {
    const paths: unknown[] = [];
    const { service, runtime, directory, keys } = await setup((incoming, response) => {
      paths.push(incoming.url);
      response.writeHead(paths.length < 4 ? 503 : 403).end();
    });
    const { items, result } = await runGenerator(service.start(request, never()));
    expect(result).toMatchObject(request);
    expect(paths).toEqual(Array.from({ length: 4 }, () => `/s/${result.id}/api`));
    expect(items).toHaveLength(2);
    expect(runtime.started).toEqual([{ spec: result, token: keys.token(result.id), basePath: `/s/${result.id}/` }]);
    expect(directory.all()).toMatchObject([{ spec: result }]);
  });

  it('finds the session of the same launch instead of starting a second', async () => {
    const { service, runtime } = await setup(ready);
    const first = await runGenerator(service.start(request, never()));
    const second = await runGenerator(service.start(request, never()));
    const third = await runGenerator(service.start({ ...request, launchId: 'another' }, never()));
    expect(second.result).toEqual(first.result);
    expect(third.result.id).not.toBe(first.result.id);
    expect(runtime.started).toHaveLength(2);
  });

  it('starts anew when the session of the launch ended meanwhile, and takes the old one away', async () => {
    const { service, runtime } = await setup(ready);
    const { result } = await runGenerator(service.start(request, never()));
    runtime.end(result.id, { code: 'SESSION_EXITED', at: 1 });
    const { result: anew } = await runGenerator(service.start(request, never()));
    expect(anew.id).not.toBe(result.id);
    expect(await runtime.list()).toMatchObject([{ spec: anew }]);
  });

  it.each([
    ['SESSION_EXITED', 'SESSION_START_FAILED'],
    ['SESSION_MEMORY_EXCEEDED', 'SESSION_MEMORY_EXCEEDED'],
  ] as const)('says with the last words that it ended (%s) before Jupyter answered', async (ended, code) => {
    const { service, runtime, directory } = await setup((_request, response) => void response.writeHead(502).end());
    const lines = service.start(request, never());
    await lines.next();
    const id = runtime.started[0]?.spec.id ?? '';
    setTimeout(() => runtime.end(id, { code: ended, at: 1, log: 'no such module' }), 100);
    await expect(lines.next()).rejects.toMatchObject({ code, details: { log: 'no such module' } });
    expect([await runtime.list(), directory.all()]).toEqual([[], []]);
  });

  it('says so when the reconciler was first to see that it ended', async () => {
    const { service, runtime, history } = await setup((_request, response) => void response.writeHead(502).end());
    const lines = service.start(request, never());
    await lines.next();
    const spec = runtime.started[0]?.spec ?? makeSessionSpec();
    await history.record(spec, { code: 'SESSION_MEMORY_EXCEEDED', at: 1, log: 'killed' });
    await runtime.stop(spec.id);
    await expect(lines.next()).rejects.toMatchObject({ code: 'SESSION_MEMORY_EXCEEDED', details: { log: 'killed' } });
  });

  it('gives up after the time limit and leaves nothing', async () => {
    const { service, runtime } = await setup((_request, response) => void response.writeHead(404).end(), 0.2);
    await expect(runGenerator(service.start(request, never()))).rejects.toMatchObject({
      code: 'SESSION_START_TIMEOUT',
    });
    expect(await runtime.list()).toEqual([]);
  });

  it('leaves nothing when it is aborted, given up half-way, or cannot start', async () => {
    const { service, runtime } = await setup((_request, response) => void response.writeHead(502).end());
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expect(runGenerator(service.start(request, controller.signal))).rejects.toThrow('enough');
    const abandoned = service.start(request, never());
    await abandoned.next();
    expect(await runtime.list()).toHaveLength(1);
    await abandoned.return(makeSessionSpec());
    const missing = service.start({ ...request, image: MISSING_IMAGE }, never());
    await expect(runGenerator(missing)).rejects.toMatchObject({ code: 'SESSION_START_FAILED' });
    expect(await runtime.list()).toEqual([]);
  });

  it('gives a single-use way in', async () => {
    const { service, keys } = await setup(ready);
    const id = 'a'.repeat(26);
    const { path, token, entryPath } = service.access(id);
    expect([path, token]).toEqual([`/s/${id}/`, keys.token(id)]);
    const entry = new URL(entryPath, 'http://sessions.example');
    expect(entry.pathname).toBe(`/s/${id}/enter`);
    expect(await keys.redeemEntryCode(id, entry.searchParams.get('code') ?? '')).toBe(true);
  });
});
