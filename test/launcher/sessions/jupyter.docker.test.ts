import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { SessionSpec } from '../../../services/contracts/session.ts';
import type { Settings } from '../../../services/contracts/settings.ts';
import { createSessionServer } from '../../../services/launcher/proxy/session-server.ts';
import { createReconciler } from '../../../services/launcher/reconcile/reconciler.ts';
import { createSessionService } from '../../../services/launcher/sessions/create-session-service.ts';
import { createDockerSessionRuntime } from '../../../services/launcher/sessions/docker-session-runtime.ts';
import { createSessionAccess } from '../../../services/launcher/sessions/session-access.ts';
import { makeContainerName } from '../../../services/launcher/sessions/session-container.ts';
import { createSessionDirectory } from '../../../services/launcher/sessions/session-directory.ts';
import { createSessionHistory, ENDED_SESSIONS } from '../../../services/launcher/sessions/session-history.ts';
import { removeSessionNetwork } from '../../../services/launcher/sessions/session-network.ts';
import { stopAllSessions } from '../../../services/launcher/sessions/stop-all-sessions.ts';
import { systemClock as clock } from '../../../services/platform/clock.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { openDatabase } from '../../../services/platform/sqlite.ts';
import { ensureTestBase } from '../../support/base-image.ts';
import { connectTestEngine } from '../../support/docker-engine.ts';
import { connectKernel } from '../../support/jupyter-client.ts';
import { cold } from '../../support/cold-starts.ts';
import { runGenerator } from '../../support/run-generator.ts';
import { openIsolation } from '../../support/session-isolation.ts';
import { makeSessionSpec } from '../../support/session-spec.ts';

const engine = connectTestEngine();
const instance = `test-jupyter-${process.pid}`;
const limits: Settings['sessions'] = {
  memoryMib: 400,
  cpus: 2,
  startCpus: 1,
  pids: 256,
  logMib: 1,
  startTimeoutSeconds: 120,
  startsAtOnce: 0,
  idleSeconds: 3600,
  maxAgeSeconds: 7200,
  downloadMib: 64,
  reconcileSeconds: 1,
};
const logger = createLogger({ level: 'warn' });
const runtime = createDockerSessionRuntime({ engine, instance, limits, isolation: openIsolation, clock });
const history = createSessionHistory(openDatabase(':memory:', [ENDED_SESSIONS]));
const directory = createSessionDirectory({ runtime, history, clock });
const keys = createSessionAccess({ secret: Buffer.alloc(32, 3), clock });
const { startTimeoutSeconds } = limits;
const service = createSessionService({ ...cold, runtime, directory, keys, startTimeoutSeconds, clock, logger });
const controlUrl = (): string => 'http://127.0.0.1:8080/';
const proxyLimits = { connections: 256, bytesPerSecond: 0, silenceMs: 90_000 };
const listener = createSessionServer({
  directory,
  keys,
  logger,
  limits: proxyLimits,
  address: 'path',
  publicUrl: '',
  controlUrl,
});
const parts = { runtime, directory, history, keys, clock, logger, onEnded: () => undefined };

let image = '';
let host = '';
const never = (): AbortSignal => new AbortController().signal;

const start = async (): Promise<SessionSpec> => {
  const { id: _id, ...request } = makeSessionSpec({ image, launchId: crypto.randomUUID() });
  return (await runGenerator(service.start(request, never()))).result;
};
const addressOf = (id: string): string => `http://${host}${service.access(id).path}`;

/** Enters as a browser does: follows the single-use link by hand, and gives the cookie. */
const enter = async (id: string): Promise<string> => {
  const response = await fetch(`http://${host}${service.access(id).entryPath}`, { redirect: 'manual' });
  expect([response.status, response.headers.get('location')]).toEqual([303, `/s/${id}/lab`]);
  return response.headers.get('set-cookie')?.split(';')[0] ?? '';
};

beforeAll(async () => {
  image = (await ensureTestBase(engine)).name;
  listener.server.listen(0, '127.0.0.1');
  await once(listener.server, 'listening');
  host = `127.0.0.1:${(listener.server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await listener.close(0);
  await stopAllSessions({ runtime, history, clock });
  await removeSessionNetwork({ engine, instance });
});

describe('JupyterLab in a session, behind the proxy', () => {
  it('opens for a browser with the cookie, and not without', async () => {
    const { id } = await start();
    const cookie = await enter(id);
    const page = await fetch(`${addressOf(id)}lab`, { headers: { cookie } });
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('JupyterLab')]);
    expect(page.headers.get('set-cookie') ?? '').not.toContain('slipway-session');
    expect((await fetch(`${addressOf(id)}api/contents`)).status).toBe(403);
    expect((await fetch(`${addressOf(id)}api/contents`, { headers: { cookie } })).status).toBe(200);
    expect((await fetch(`${addressOf(id)}api/contents?token=wrong`)).status).toBe(403);
  });

  it('runs code over a WebSocket that the cookie opens', async () => {
    const { id } = await start();
    const headers = { cookie: await enter(id), origin: `http://${host}` };
    const created = await fetch(`${addressOf(id)}api/kernels`, { method: 'POST', headers, body: '{}' });
    expect(created.status).toBe(201);
    const { id: kernel } = (await created.json()) as { id: string };
    const socket = new WebSocket(`${addressOf(id).replace('http', 'ws')}api/kernels/${kernel}/channels`, { headers });
    await once(socket, 'open');
    const told = new Promise<string>((resolve) => {
      socket.on('message', (data: Buffer) => data.toString().includes('"stream"') && resolve(data.toString()));
    });
    const header = { msg_id: 'm', msg_type: 'execute_request', username: '', session: 's', version: '5.3' };
    const content = { code: 'print(6 * 7)', silent: false };
    socket.send(JSON.stringify({ channel: 'shell', header, parent_header: {}, metadata: {}, content, buffers: [] }));
    expect(await told).toContain(String.raw`42\n`);
    socket.close();
  });

  it('runs code for a program with the token, from any origin', async () => {
    const { id } = await start();
    const kernel = await connectKernel(addressOf(id), keys.token(id));
    expect(await kernel.execute('import sys; print(sys.version_info.major)')).toBe('3\n');
    kernel.close();
    const preflight = await fetch(`${addressOf(id)}api/kernels`, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://thebe.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });
    expect(preflight.ok).toBe(true);
    expect(['*', 'http://thebe.example']).toContain(preflight.headers.get('access-control-allow-origin'));
  });

  it('cannot be reached from the session beside it, which the host can reach', async () => {
    const [one, two] = [await start(), await start()];
    const lookup = await directory.find(two.id);
    const target = lookup.kind === 'running' ? lookup.session.address.host : '';
    const kernel = await connectKernel(addressOf(one.id), keys.token(one.id));
    const dial = `import socket; s = socket.socket(); s.settimeout(2)
try: s.connect(("${target}", 8888)); print("reached")
except OSError as error: print(type(error).__name__)`;
    expect(await kernel.execute(dial)).toMatch(/^(TimeoutError|OSError|ConnectionRefusedError)\n$/);
    expect((await fetch(`http://${target}:8888/s/${two.id}/api`)).status).toBe(200);
    kernel.close();
  });

  it('is kept by a busy kernel, and ended when nothing happens', async () => {
    const { id } = await start();
    const kernel = await connectKernel(addressOf(id), keys.token(id));
    const computing = kernel.execute('import time; time.sleep(4); print("done")');
    await expect.poll(() => runtime.find(id)).toBeDefined();
    const early = { ...clock, now: () => Date.now() + 3_700_000 };
    const reconciler = createReconciler({ ...parts, limits, clock: early });
    await expect
      .poll(async () => {
        const answer = await fetch(`${addressOf(id)}api/kernels?token=${keys.token(id)}`);
        return answer.text();
      })
      .toContain('"busy"');
    for (const { spec } of directory.all()) if (spec.id !== id) directory.touch(spec.id);
    await reconciler.reconcile();
    expect((await runtime.find(id))?.state.kind).toBe('running');
    expect(await computing).toBe('done\n');
    kernel.close();
    await expect
      .poll(async () => (await fetch(`${addressOf(id)}api/kernels?token=${keys.token(id)}`)).text())
      .not.toContain('"busy"');
    const later = { ...clock, now: () => Date.now() + 3_700_000 };
    await createReconciler({ ...parts, limits, clock: later }).reconcile();
    expect((await history.find(id))?.end.code).toBe('SESSION_IDLE');
    expect((await fetch(`${addressOf(id)}lab`)).status).toBe(410);
  });

  it('says that the memory was exceeded when it was', async () => {
    const { id, request } = await start();
    const kernel = await connectKernel(addressOf(id), keys.token(id));
    const exceed = `import os, subprocess, sys, time
open(f"/proc/{os.getppid()}/oom_score_adj", "w").write("1000")
greedy = "kept = bytearray(60_000_000); import time; time.sleep(60)"
for _ in range(12): subprocess.Popen([sys.executable, "-c", greedy])
time.sleep(60)`;
    const container = engine.getContainer(makeContainerName(id));
    await Promise.all([expect(kernel.execute(exceed)).rejects.toThrow(/closed/), container.wait()]);
    const page = await fetch(`${addressOf(id)}lab`, { headers: { accept: 'text/html' } });
    const text = await page.text();
    expect(page.status).toBe(410);
    expect(text).toContain('SESSION_MEMORY_EXCEEDED');
    expect(text).toContain(`href="http://127.0.0.1:8080/${request}"`);
    await createReconciler({ ...parts, limits }).reconcile();
    expect((await history.find(id))?.end).toMatchObject({
      code: 'SESSION_MEMORY_EXCEEDED',
      log: expect.stringContaining('Jupyter'),
    });
    expect(await runtime.find(id)).toBeUndefined();
    expect((await fetch(`${addressOf(id)}lab`)).status).toBe(410);
  });
});
