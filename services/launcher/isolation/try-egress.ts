import type { Container } from 'dockerode';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { LABELS } from '../../contracts/labels.ts';
import type { SessionSpec } from '../../contracts/session.ts';
import type { Settings } from '../../contracts/settings.ts';
import type { DockerEngine } from '../../platform/docker-engine.ts';
import { makeSessionContainer } from '../sessions/session-container.ts';
import { createSessionNetwork, makeBridgeName, removeSessionNetwork } from '../sessions/session-network.ts';
import { createSessionIsolation, type SessionIsolation } from './session-isolation.ts';

export type TryOptions = {
  readonly engine: DockerEngine;
  readonly settings: Settings;
  /** The image to try from; it must have Python. */
  readonly image: string;
  /** Of a network that only this attempt is on. */
  readonly instance: string;
};

/** What a session reached, by name; `untried` is what this process could not offer to be reached. */
export type Attempt = {
  readonly reached: readonly string[];
  readonly refused: readonly string[];
  readonly untried: readonly string[];
};

type Target = readonly [name: string, host: string, port: number];

const PORT = 8888;
const WAIT_MS = 20_000;

const LISTEN = `import socket
server = socket.create_server(("", ${PORT}))
while True: server.accept()[0].close()`;

const DIAL = `import json, socket, sys
reached = []
for name, host, port in json.loads(sys.argv[1]):
    try:
        socket.create_connection((host, port), timeout=3).close()
        reached.append(name)
    except OSError: pass
print(json.dumps(reached))`;

const SPEC: SessionSpec = {
  id: 'a'.repeat(26),
  launchId: '',
  image: '',
  canonical: '',
  repoUrl: '',
  refUrl: '',
  request: '',
  persistentRequest: '',
};

type Ground = TryOptions & { readonly network: string; readonly isolation: SessionIsolation };

/** A container as that of a session, which runs something else. */
const startContainer = async (ground: Ground, program: string, args: readonly string[]): Promise<Container> => {
  const { engine, settings, image, instance, network, isolation } = ground;
  const shared = { spec: { ...SPEC, image }, token: '', basePath: '/', instance, network, isolation };
  const { name: _name, ...options } = makeSessionContainer({ ...shared, limits: settings.sessions });
  const container = await engine.createContainer({
    ...options,
    Entrypoint: ['python3', '-c'],
    Cmd: [program, ...args],
    Labels: { [LABELS.instance]: instance, [LABELS.kind]: 'probe' },
  });
  await container.start();
  return container;
};

const isReachable = async (host: string, port: number): Promise<boolean> => {
  const socket = connect({ host, port, timeout: 1000 });
  try {
    await Promise.race([
      once(socket, 'connect'),
      once(socket, 'timeout').then(() => Promise.reject(new Error('silence'))),
    ]);
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
};

const readAddress = async (container: Container): Promise<{ readonly own: string; readonly gateway: string }> => {
  const { NetworkSettings } = await container.inspect();
  const [network] = Object.values(NetworkSettings.Networks);
  return { own: network?.IPAddress ?? '', gateway: network?.Gateway ?? '' };
};

/** As the proxy reaches a session: when this process does not, no session of this installation can be used. */
const waitForNeighbour = async (host: string): Promise<void> => {
  for (const end = Date.now() + WAIT_MS; Date.now() < end; await sleep(100)) if (await isReachable(host, PORT)) return;
  throw new Error(`this process does not reach the sessions' network (${host})`);
};

/** A listener on this machine's side of the bridge; undefined where the bridge is on another machine. */
const listenAt = async (host: string): Promise<(AsyncDisposable & { readonly port: number }) | undefined> => {
  const server = createServer((socket) => socket.destroy());
  try {
    await once(server.listen(0, host), 'listening');
  } catch {
    return undefined;
  }
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.asyncDispose]: async () => void (await once(server.close(), 'close')) };
};

const dial = async (ground: Ground, targets: readonly Target[]): Promise<string[]> => {
  const container = await startContainer(ground, DIAL, [JSON.stringify(targets)]);
  try {
    await container.wait();
    const output = new PassThrough();
    const log = await container.logs({ stdout: true, stderr: true, follow: true });
    ground.engine.modem.demuxStream(log, output, output);
    log.on('end', () => output.end());
    return JSON.parse(await text(output)) as string[];
  } finally {
    await container.remove({ force: true });
  }
};

const METADATA: Target = ['the metadata service of a cloud', '169.254.169.254', 80];

const tryFrom = async (ground: Ground): Promise<Attempt> => {
  const neighbour = await startContainer(ground, LISTEN, []);
  try {
    const { own, gateway } = await readAddress(neighbour);
    await waitForNeighbour(own);
    await using listener = await listenAt(gateway);
    const targets: Target[] = [['another session', own, PORT], METADATA];
    if (listener !== undefined) targets.push(['the machine', gateway, listener.port]);
    const reached = await dial(ground, targets);
    const refused = targets.map(([name]) => name).filter((name) => !reached.includes(name));
    return { reached, refused, untried: listener === undefined ? ['the machine'] : [] };
  } finally {
    await neighbour.remove({ force: true });
  }
};

/**
 * Starts two containers as sessions are started, on a network with the rules of the settings, and lets one try to reach
 * what no session may. Nothing of it is left. Throws when the rules cannot be made, or sessions cannot be reached.
 */
export const tryEgress = async (options: TryOptions): Promise<Attempt> => {
  const { engine, instance } = options;
  const isolation = createSessionIsolation(options);
  const network = await createSessionNetwork({ engine, instance })();
  const bridge = makeBridgeName(network);
  try {
    await isolation.egress.ensure(bridge);
    return await tryFrom({ ...options, network, isolation });
  } finally {
    await isolation.egress.remove(bridge).catch(() => undefined);
    await removeSessionNetwork({ engine, instance });
  }
};
