import type { Container } from 'dockerode';
import { statSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readSettings } from '../../../services/cli/read-settings.ts';
import { findOverDisk } from '../../../services/launcher/isolation/disk-use.ts';
import { createIsolationKeeper } from '../../../services/launcher/isolation/isolation-keeper.ts';
import { createSessionIsolation } from '../../../services/launcher/isolation/session-isolation.ts';
import { createDockerSessionRuntime } from '../../../services/launcher/sessions/docker-session-runtime.ts';
import { makeContainerName } from '../../../services/launcher/sessions/session-container.ts';
import { SESSION_KIND } from '../../../services/launcher/sessions/session-labels.ts';
import { findSessionBridge, removeSessionNetwork } from '../../../services/launcher/sessions/session-network.ts';
import { makeSessionPath } from '../../../services/launcher/sessions/session-path.ts';
import { systemClock as clock } from '../../../services/platform/clock.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { ensureTestBase } from '../../support/base-image.ts';
import { connectTestEngine, readBridgeAddress } from '../../support/docker-engine.ts';
import { startMachines } from '../../support/machines/test-machines.ts';
import { makeSessionSpec } from '../../support/session-spec.ts';
import { armContainer, exec, runProbes, startOpenContainer, type World } from './hostile/hostile-containers.ts';
import {
  ASKED,
  DIALLED,
  FLOOD_PROBES,
  KERNEL_PROBES,
  MACHINE_PROBES,
  PROBES,
  TRAFFIC_PROBES,
} from './hostile/probes.ts';

const PUBLIC = '203.0.113.10';
const RESOLVER = '10.77.0.53';
const PORTS = [80, 443, 25, 53];
const MACHINES = [
  {
    name: 'metadata',
    ports: PORTS,
    addresses: ['169.254.169.254', '169.254.170.2', '168.63.129.16', '100.100.100.200', '192.0.0.192', 'fd00:ec2::254'],
  },
  {
    name: 'private',
    ports: PORTS,
    addresses: ['10.77.0.10', RESOLVER, '172.31.77.10', '192.168.77.10', '100.64.77.10'],
  },
  { name: 'public', ports: PORTS, addresses: [PUBLIC] },
];

const engine = connectTestEngine();
const instance = `test-hostile-${process.pid}`;
const settings = readSettings(
  {},
  {
    SLIPWAY_SESSIONS_MEMORY_MIB: '400',
    SLIPWAY_SESSIONS_PIDS: '200',
    SLIPWAY_SESSIONS_LOG_MIB: '1',
    SLIPWAY_SESSIONS_CPUS: '2',
    SLIPWAY_ISOLATION_DISK_MIB: '48',
    SLIPWAY_ISOLATION_FILES: '3000',
    SLIPWAY_ISOLATION_DNS: RESOLVER,
    SLIPWAY_IMAGE_PREFIX: 'slipway-test/',
  },
);
const limits = settings.sessions;
const isolation = createSessionIsolation({ engine, instance, settings });
const runtime = createDockerSessionRuntime({ engine, instance, limits, isolation, clock });
const keeper = createIsolationKeeper({
  egress: isolation.egress,
  findBridge: () => findSessionBridge({ engine, instance }),
  measureDisks: () => findOverDisk({ engine, instance, limits: settings.isolation }, SESSION_KIND),
  everySeconds: 15,
  clock,
  logger: createLogger({ level: 'warn' }),
});

type Running = { readonly id: string; readonly host: string; readonly container: Container };

const undo: (() => Promise<unknown>)[] = [];
const ground = { directory: '', port: 0, session: {} as Running, neighbour: {} as Running, open: {} as Container };
let told = new Map<string, string>();
let allowed = new Map<string, string>();

const startSession = async (image: string): Promise<Running> => {
  const spec = makeSessionSpec({ image });
  const start = { spec, token: 'token', basePath: makeSessionPath(spec.id) };
  const { host } = await runtime.start(start, AbortSignal.timeout(60_000));
  const container = engine.getContainer(makeContainerName(spec.id));
  await armContainer(container);
  return { id: spec.id, host, container };
};

/** Whether Jupyter answers, asked as the proxy does it: from this machine. */
const isAnswering = async ({ id, host }: Running): Promise<boolean> =>
  (await fetch(`http://${host}:8888${makeSessionPath(id)}api`).catch(() => undefined))?.status === 200;

const startListener = async (): Promise<number> => {
  const server = createServer((socket) => socket.end('hello')).listen(0, '0.0.0.0');
  await once(server, 'listening');
  undo.push(async () => void server.close());
  return (server.address() as AddressInfo).port;
};

const ownAddress = (): string => {
  const found = Object.entries(networkInterfaces())
    .filter(([name]) => !/^(lo|docker|br-|swt|veth)/.test(name))
    .flatMap(([, addresses]) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal);
  return found?.address ?? '198.18.77.1';
};

/** Processes as a container sees them that is not held in: one of the machine, and its own first one. */
type Outside = { readonly machine: number; readonly container: number };

const lookOutside = async (open: Container): Promise<Outside> => {
  const { State } = await open.inspect();
  return { machine: process.pid, container: State.Pid };
};

const describeWorld = async (outside?: Outside): Promise<World> => {
  const { directory, port, session, neighbour } = ground;
  const targets = [...DIALLED, ...ASKED].map(({ name, to }) => [name, to] as const);
  const { NetworkSettings } = await session.container.inspect();
  const [network] = Object.values(NetworkSettings.Networks);
  return {
    marker: `/proc/${outside?.machine ?? 1}/root${join(directory, 'marker')}`,
    disk: statSync('/').dev,
    log: `/proc/${outside?.container ?? 1}/fd/1`,
    public: PUBLIC,
    dial: {
      ...Object.fromEntries(targets),
      gateway: [network?.Gateway ?? '', port],
      'machine-bridge': [await readBridgeAddress(engine), port],
      'machine-address': [ownAddress(), port],
      loopback: ['127.0.0.1', port],
      neighbour: [neighbour.host, 8888],
      'metadata-ipv6': ['fd00:ec2::254', 80],
      public: [PUBLIC, 80],
      'public-tls': [PUBLIC, 443],
    },
    ask: Object.fromEntries(ASKED.map(({ name, to }) => [name, to])),
  };
};

/** What is told about itself by a listener, as far as this machine reaches it. */
const dialFromHere = async (host: string, port: number): Promise<string> => text(connect({ host, port }));

const logSize = async (container: Container): Promise<number> => {
  const { LogPath } = (await container.inspect()) as { readonly LogPath?: string };
  const directory = dirname(LogPath ?? '');
  const files = (await readdir(directory)).filter((file) => file.includes('-json.log'));
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(directory, file))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
};

const prepare = async (): Promise<void> => {
  const machines = await startMachines(MACHINES, PUBLIC);
  undo.push(async () => machines[Symbol.asyncDispose]());
  ground.directory = await mkdtemp(join(tmpdir(), 'hostile-'));
  undo.push(() => rm(ground.directory, { recursive: true }));
  await writeFile(join(ground.directory, 'marker'), 'of the machine');
  ground.port = await startListener();
  const image = (await ensureTestBase(engine)).name;
  undo.push(async () => {
    const sessions = await runtime.list();
    await Promise.all(sessions.map(({ spec }) => runtime.stop(spec.id)));
    const bridge = await findSessionBridge({ engine, instance });
    if (bridge !== undefined) await isolation.egress.remove(bridge);
    await removeSessionNetwork({ engine, instance });
  });
  ground.session = await startSession(image);
  ground.neighbour = await startSession(image);
  ground.open = await startOpenContainer(image, instance);
  undo.push(() => ground.open.remove({ force: true }));
  await armContainer(ground.open);
  for (const running of [ground.neighbour, ground.session])
    await vi.waitFor(async () => expect(await isAnswering(running)).toBe(true), { timeout: 60_000, interval: 100 });
};

const FROM_HERE = ['loopback', 'neighbour', 'metadata-ipv6'];
const names = [...KERNEL_PROBES, ...FLOOD_PROBES, ...DIALLED, ...MACHINE_PROBES, ...ASKED].map(({ name }) => name);
const traffic = TRAFFIC_PROBES.map(({ name }) => name);
const reachable = ['public', 'public-tls', 'resolve'];

beforeAll(async () => {
  await prepare();
  const { session, open } = ground;
  const inside = await describeWorld();
  told = await runProbes({ container: session.container, user: '1000', world: inside }, [
    ...names,
    ...reachable,
    ...traffic,
  ]);
  const outside = await describeWorld(await lookOutside(open));
  const controls = [...names, ...traffic].filter((name) => !FROM_HERE.includes(name));
  allowed = await runProbes({ container: open, user: '0', world: outside }, controls);
});

afterAll(async () => {
  for (const step of undo.toReversed()) await step();
});

describe('a hostile session', () => {
  it.each(PROBES)('is refused to $tries ($name)', ({ name, refusal }) => {
    expect(refusal).toContain(told.get(name));
  });

  it.each(PROBES.filter(({ name }) => !FROM_HERE.includes(name)))(
    'would have been seen to $tries where that is allowed ($name)',
    ({ name, allowed: expected = ['ok'], refusal }) => {
      expect(expected).toContain(allowed.get(name));
      expect(refusal).not.toContain(allowed.get(name));
    },
  );

  it('would have reached what this machine reaches: its loopback, the neighbour, the metadata by IPv6', async () => {
    expect(await dialFromHere('127.0.0.1', ground.port)).toBe('hello');
    expect(await dialFromHere('fd00:ec2::254', 80)).toBe('hello');
    expect(await isAnswering(ground.neighbour)).toBe(true);
  });

  it('reaches what it may: public addresses at the ports of the settings, and the DNS server of the operator', () => {
    expect(reachable.map((name) => told.get(name))).toEqual(['ok', 'ok', 'ok']);
  });

  it('is still there after all that, reached by the proxy, and so is its neighbour', async () => {
    expect(await isAnswering(ground.session)).toBe(true);
    expect(await isAnswering(ground.neighbour)).toBe(true);
  });

  it('fills no more of the log than it may', async () => {
    const { session, open } = ground;
    const inside = await describeWorld();
    await runProbes({ container: session.container, user: '1000', world: inside }, ['log-flood']);
    const outside = await describeWorld(await lookOutside(open));
    await runProbes({ container: open, user: '0', world: outside }, ['log-flood']);
    await expect.poll(() => logSize(open), { timeout: 20_000 }).toBeGreaterThan(6 * 1024 ** 2);
    await expect.poll(() => logSize(session.container), { timeout: 20_000 }).toBeLessThan(1.2 * 1024 ** 2);
  });

  it('is ended when it fills the disk or makes too many files, and not before', async () => {
    const { session, neighbour } = ground;
    await exec(
      session.container,
      ['sh', '-c', 'truncate --size 1T ~/sparse; head -c 8M /dev/urandom > ~/some'],
      '1000',
    );
    await keeper.look();
    expect([...keeper.overDisk()]).toEqual([]);
    await exec(session.container, ['sh', '-c', 'head -c 64M /dev/zero > /tmp/large'], '1000');
    await keeper.look();
    expect([...keeper.overDisk()]).toEqual([session.id]);
    await exec(neighbour.container, ['sh', '-c', 'mkdir ~/many; cd ~/many; seq 4000 | xargs touch'], '1000');
    await keeper.look();
    expect(keeper.overDisk()).toEqual(new Set([session.id, neighbour.id]));
  });
});
