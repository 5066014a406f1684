import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Settings } from '../../../services/contracts/settings.ts';
import { systemClock } from '../../../services/platform/clock.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { openDatabase } from '../../../services/platform/sqlite.ts';
import { createSessionService } from '../../../services/launcher/sessions/create-session-service.ts';
import { createSessionAccess } from '../../../services/launcher/sessions/session-access.ts';
import { createSessionDirectory } from '../../../services/launcher/sessions/session-directory.ts';
import { createSessionHistory, ENDED_SESSIONS } from '../../../services/launcher/sessions/session-history.ts';
import type { SessionRuntime } from '../../../services/launcher/sessions/session-runtime.ts';
import { createDockerSessionRuntime } from '../../../services/launcher/sessions/docker-session-runtime.ts';
import { makeNetworkName, removeSessionNetwork } from '../../../services/launcher/sessions/session-network.ts';
import { makeContainerName, makeSessionContainer } from '../../../services/launcher/sessions/session-container.ts';
import { makeSessionPath } from '../../../services/launcher/sessions/session-path.ts';
import { connectDockerEngine } from '../../../services/platform/docker-engine.ts';
import { sessionRuntimeContract } from '../../conformance/session-runtime.ts';
import { connectTestEngine, createImageScope } from '../../support/docker-engine.ts';
import { cold } from '../../support/cold-starts.ts';
import { runGenerator } from '../../support/run-generator.ts';
import { createSessionImage } from '../../support/session-images.ts';
import { openIsolation } from '../../support/session-isolation.ts';
import { makeSessionSpec } from '../../support/session-spec.ts';

const engine = connectTestEngine();
const scope = createImageScope(engine, 'sessions');
const image = `${scope.prefix}hello:1`;

const limits: Settings['sessions'] = {
  memoryMib: 64,
  cpus: 0.5,
  startCpus: 1,
  pids: 40,
  logMib: 1,
  startTimeoutSeconds: 30,
  startsAtOnce: 0,
  idleSeconds: 60,
  maxAgeSeconds: 600,
  downloadMib: 64,
  reconcileSeconds: 1,
};

const createRuntime = (instance: string) =>
  createDockerSessionRuntime({ engine, instance, limits, isolation: openIsolation, clock: systemClock });

const createService = (runtime: SessionRuntime) => {
  const clock = systemClock;
  const history = createSessionHistory(openDatabase(':memory:', [ENDED_SESSIONS]));
  const directory = createSessionDirectory({ runtime, history, clock });
  const keys = createSessionAccess({ secret: Buffer.alloc(32), clock });
  const logger = createLogger({ level: 'silent' });
  const { startTimeoutSeconds } = limits;
  return createSessionService({ ...cold, runtime, directory, keys, startTimeoutSeconds, clock, logger });
};

let count = 0;
const createFresh = async () => {
  const instance = `test-${process.pid}-${(count += 1)}`;
  const runtime = createRuntime(instance);
  return {
    instance,
    runtime,
    reopen: () => createRuntime(instance),
    neighbour: createRuntime(`${instance}-neighbour`),
    image,
    missingImage: `${scope.prefix}nothing:1`,
    exit: async (id: string) => {
      const container = engine.getContainer(makeContainerName(id));
      await container.kill({ signal: 'TERM' });
      await container.wait();
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all((await runtime.list()).map(({ spec }) => runtime.stop(spec.id)));
      await removeSessionNetwork({ engine, instance });
    },
  };
};

const start = async (fresh: Awaited<ReturnType<typeof createFresh>>, from = image) => {
  const spec = makeSessionSpec({ image: from });
  const basePath = makeSessionPath(spec.id);
  const address = await fresh.runtime.start({ spec, token: 'secret-token', basePath }, new AbortController().signal);
  return { spec, address, container: engine.getContainer(makeContainerName(spec.id)) };
};

/** Runs a command inside of a session and gives all that it printed. */
const run = async (container: ReturnType<typeof engine.getContainer>, ...command: string[]): Promise<string> => {
  const exec = await container.exec({ Cmd: command, AttachStdout: true, AttachStderr: true, Tty: true });
  const stream = await exec.start({ Tty: true });
  return Buffer.concat(await stream.toArray()).toString();
};

beforeAll(() => createSessionImage(engine, image, 'echo hello "$@"\ntrap "exit 0" TERM\nwhile :; do sleep 0.1; done'));
afterAll(() => scope[Symbol.asyncDispose]());

describe('the Docker session runtime', () => {
  sessionRuntimeContract({ create: createFresh });

  it('tells the session who it is by environment and arguments, and never shows the token', async () => {
    await using fresh = await createFresh();
    const { spec, container } = await start(fresh);
    const { Config: config } = await container.inspect();
    expect(config.Env).toEqual(
      expect.arrayContaining([
        'JUPYTER_TOKEN=secret-token',
        `BINDER_REQUEST=${spec.request}`,
        `BINDER_PERSISTENT_REQUEST=${spec.persistentRequest}`,
        `BINDER_REPO_URL=${spec.repoUrl}`,
        `BINDER_REF_URL=${spec.refUrl}`,
        'BINDER_LAUNCH_HOST=http://127.0.0.1:8080/',
      ]),
    );
    expect(JSON.stringify([config.Cmd, config.Labels])).not.toContain('secret-token');
    await expect.poll(() => fresh.runtime.log(spec.id)).toContain(`--ServerApp.base_url=${makeSessionPath(spec.id)}`);
  });

  it('holds the session in: no capability, no new privileges, limited processes, memory and files', async () => {
    await using fresh = await createFresh();
    const { container } = await start(fresh);
    const status = await run(container, 'cat', '/proc/self/status');
    for (const set of ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb']) expect(status).toMatch(new RegExp(`Cap${set}:\\s0{16}\\s`));
    expect(status).toMatch(/NoNewPrivs:\s1\s/);
    expect(status).toMatch(/Seccomp:\s2\s/);
    expect(status).toMatch(/Uid:\s1000\s+1000\s+1000\s+1000\s/);
    const ulimits = await run(container, 'cat', '/proc/self/limits');
    expect(ulimits).toMatch(/Max open files\s+8192\s+8192/);
    expect(ulimits).toMatch(/Max core file size\s+0\s+0/);
    expect(await run(container, 'cat', '/proc/1/oom_score_adj')).toMatch(/^500\s/);
    const flood = await run(container, 'sh', '-c', 'i=0; while [ $i -lt 60 ]; do sleep 5 & i=$((i+1)); done');
    expect(flood).toMatch(/Cannot fork|Resource temporarily unavailable/);
    const { HostConfig: host, Mounts: mounts, NetworkSettings: network } = await container.inspect();
    expect(host).toMatchObject({ Memory: 64 * 1024 * 1024, MemorySwap: 64 * 1024 * 1024 });
    expect(host).toMatchObject({ Privileged: false, IpcMode: 'private', RestartPolicy: { Name: 'no' } });
    expect(host.LogConfig).toEqual({ Type: 'json-file', Config: { 'max-size': '512k', 'max-file': '2' } });
    expect(mounts).toEqual([]);
    expect(Object.values(network.Ports).flat().filter(Boolean)).toEqual([]);
    expect(Object.keys(network.Networks)).toEqual([makeNetworkName(fresh.instance)]);
  });

  it('makes one network without traffic between sessions, however many start first', async () => {
    await using fresh = await createFresh();
    await Promise.all([start(fresh), start(fresh)]);
    const filters = { label: [`slipway.instance=${fresh.instance}`] };
    const networks = await engine.listNetworks({ filters });
    expect(networks).toHaveLength(1);
    expect(networks[0]?.Options).toEqual({ 'com.docker.network.bridge.enable_icc': 'false' });
  });

  it.each([
    ['a start script that gives up', 'echo "gives up" >&2\nexit 3', { code: 'SESSION_START_FAILED', log: 'gives up' }],
    ['too little memory', 'x=xxxxxxxxxxxxxxxx; while :; do x=$x$x; done', { code: 'SESSION_MEMORY_EXCEEDED', log: '' }],
  ])('says soon and with its last words that a session ended: %s', async (_name, script, end) => {
    await using fresh = await createFresh();
    const failing = `${scope.prefix}failing:${end.code.toLowerCase()}`;
    await createSessionImage(engine, failing, script);
    const { id: _id, ...request } = makeSessionSpec({ image: failing });
    const started = runGenerator(createService(fresh.runtime).start(request, new AbortController().signal));
    await expect(started).rejects.toMatchObject({ code: end.code, details: { log: expect.stringContaining(end.log) } });
    expect(await fresh.runtime.list()).toEqual([]);
  });

  it('shows a container that was made and never started as ended, once it is old enough', async () => {
    await using fresh = await createFresh();
    const first = await start(fresh);
    await fresh.runtime.stop(first.spec.id);
    const spec = makeSessionSpec({ image });
    const network = makeNetworkName(fresh.instance);
    await engine.createContainer(
      makeSessionContainer({
        spec,
        token: 't',
        basePath: '/',
        instance: fresh.instance,
        network,
        limits,
        isolation: openIsolation,
      }),
    );
    expect(await fresh.runtime.list()).toEqual([]);
    const later = { ...systemClock, now: () => Date.now() + 61_000 };
    const runtime = createDockerSessionRuntime({
      engine,
      instance: fresh.instance,
      limits,
      isolation: openIsolation,
      clock: later,
    });
    expect(await runtime.list()).toMatchObject([
      { spec, state: { kind: 'ended', end: { code: 'SESSION_START_FAILED' } } },
    ]);
    await runtime.stop(spec.id);
  });

  it('says that the engine is away when it is', async () => {
    const away = connectDockerEngine('tcp://127.0.0.1:9');
    const runtime = createDockerSessionRuntime({
      engine: away,
      instance: 'x',
      limits,
      isolation: openIsolation,
      clock: systemClock,
    });
    await expect(runtime.list()).rejects.toMatchObject({ code: 'BUILD_ENGINE_UNAVAILABLE' });
    await expect(runtime.find(makeSessionSpec().id)).rejects.toMatchObject({ code: 'BUILD_ENGINE_UNAVAILABLE' });
  });
});
