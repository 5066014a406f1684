import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LABELS } from '../../services/contracts/labels.ts';
import { ignoreNotFound } from '../../services/platform/docker-engine.ts';
import { connectTestEngine } from './docker-engine.ts';

/** `slipway up` as a process of its own, on free ports and a data directory of its own. */
export type SlipwayServer = {
  readonly url: string;
  readonly sessionUrl: string;
  readonly data: string;
  readonly pid: number;
  /** All that it printed. */
  output(): string;
  /** SIGTERM: drains and ends. */
  stop(): Promise<number | null>;
  /** SIGKILL: ends without a chance to do anything. */
  kill(): Promise<void>;
  /** Starts it anew on the same ports and data, with other variables if they are given. */
  restart(env?: Readonly<Record<string, string>>): Promise<SlipwayServer>;
};

export type SlipwayOptions = {
  readonly allowHosts?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly data?: string;
  readonly ports?: readonly [number, number];
};

const START_TIMEOUT_MS = 600_000;

/** The base below this prefix is shared by all tests and kept; what was built on it is removed. */
const IMAGE_PREFIX = 'slipway-test/';

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
};

const runSlipway = (args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess =>
  spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'services/cli/main.ts', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** Runs a command of Slipway to its end. */
export const runToEnd = async (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> => {
  const child = runSlipway(args, env);
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => (output.stdout += String(chunk)));
  child.stderr?.on('data', (chunk) => (output.stderr += String(chunk)));
  await once(child, 'close');
  return { exitCode: child.exitCode, ...output };
};

const waitUntilReady = (child: ChildProcess, output: () => string): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready in time:\n${output()}`)), START_TIMEOUT_MS);
    const look = (): void => {
      if (!output().includes('Slipway is ready')) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout?.on('data', look);
    child.once('exit', (code) => reject(new Error(`ended with ${code}:\n${output()}`)));
  });

/** Starts a server and waits until it says that it is ready. */
export const startSlipway = async (options: SlipwayOptions = {}): Promise<SlipwayServer> => {
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 'slipway-data-')));
  const [port, sessionPort] = options.ports ?? [await freePort(), await freePort()];
  const allow = (options.allowHosts ?? []).flatMap((host) => ['--allow-host', host]);
  const flags = ['--port', String(port), '--session-port', String(sessionPort), '--data', data];
  const child = runSlipway(['up', ...flags, ...allow], { SLIPWAY_IMAGE_PREFIX: IMAGE_PREFIX, ...options.env });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (printed += String(chunk)));
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, 'exit');
    }
    return child.exitCode;
  };
  await waitUntilReady(child, () => printed);
  return {
    url: `http://127.0.0.1:${port}`,
    sessionUrl: `http://127.0.0.1:${sessionPort}`,
    data,
    pid: child.pid ?? 0,
    output: () => printed,
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
    restart: (env = options.env ?? {}) => startSlipway({ ...options, env, data, ports: [port, sessionPort] }),
  };
};

const removeBuiltImages = async (): Promise<void> => {
  const engine = connectTestEngine();
  const images = await engine.listImages({ filters: { label: [LABELS.recipe] } });
  const built = images.filter(({ Labels }) => Labels[LABELS.kind] !== 'base').flatMap(({ RepoTags }) => RepoTags ?? []);
  for (const tag of built.filter((name) => name.startsWith(IMAGE_PREFIX))) {
    await ignoreNotFound(engine.getImage(tag).remove({ force: true }));
  }
};

/** Ends the server and its sessions and removes its data and its images: nothing of it is left but the base. */
export const removeSlipway = async (server: SlipwayServer): Promise<void> => {
  await server.stop();
  await runToEnd(['down', '--data', server.data]);
  await rm(server.data, { recursive: true, force: true });
  await removeBuiltImages();
};
