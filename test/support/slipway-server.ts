import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shareTestBase } from './base-image.ts';
import { connectTestEngine, createImageScope, removeImages } from './docker-engine.ts';
import { freePort } from './free-port.ts';

/** `slipway up` as a process of its own, on free ports and a data directory of its own. */
export type SlipwayServer = {
  readonly url: string;
  readonly sessionUrl: string;
  readonly data: string;
  /** Its images have names of their own, and are removed with it. */
  readonly imagePrefix: string;
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
  /** What runs: `up`, or one of several processes. */
  readonly command?: 'up' | 'launcher' | 'builder';
  /** The images of other processes, for one that shares them. */
  readonly imagePrefix?: string;
  readonly allowHosts?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

/** Where a server was before it was started again. */
type Place = { readonly data: string; readonly ports: readonly [number, number]; readonly imagePrefix: string };

const START_TIMEOUT_MS = 600_000;

let servers = 0;

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

const startAt = async (place: Place, options: SlipwayOptions): Promise<SlipwayServer> => {
  const { data, imagePrefix } = place;
  const [port, sessionPort] = place.ports;
  const allow = (options.allowHosts ?? []).flatMap((host) => ['--allow-host', host]);
  const { command = 'up' } = options;
  const listeners = command === 'builder' ? [] : ['--port', String(port), '--session-port', String(sessionPort)];
  // A commit that a test has just made is seen at once.
  const env = { SLIPWAY_IMAGE_PREFIX: imagePrefix, SLIPWAY_LOOKUP_CACHE_SECONDS: '0' };
  const child = runSlipway([command, ...listeners, '--data', data, ...allow], { ...env, ...options.env });
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
    imagePrefix,
    pid: child.pid ?? 0,
    output: () => printed,
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
    restart: (env = options.env ?? {}) => startAt(place, { ...options, env }),
  };
};

const createPrefix = async (): Promise<string> => {
  const engine = connectTestEngine();
  const { prefix } = createImageScope(engine, `up-${(servers += 1)}`);
  await shareTestBase(engine, prefix);
  return prefix;
};

/** Starts a server and waits until it says that it is ready. */
export const startSlipway = async (options: SlipwayOptions = {}): Promise<SlipwayServer> => {
  const prefix = options.imagePrefix ?? (await createPrefix());
  const data = await mkdtemp(join(tmpdir(), 'slipway-data-'));
  return startAt({ data, ports: [await freePort(), await freePort()], imagePrefix: prefix }, options);
};

/** Ends the server and its sessions and removes its data and its images: nothing of it is left. */
export const removeSlipway = async (
  server: SlipwayServer,
  env: Readonly<Record<string, string>> = {},
): Promise<void> => {
  await server.stop();
  await runToEnd(['down', '--data', server.data], env);
  await rm(server.data, { recursive: true, force: true });
  await removeImages(connectTestEngine(), server.imagePrefix);
};
