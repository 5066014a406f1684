import { execa } from 'execa';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { steadyBridge } from '../../services/cli/steady-bridge.ts';
import { connectDockerEngine, type DockerEngine } from '../../services/platform/docker-engine.ts';

/** A Docker engine of its own, which has no image and shares nothing with the machine's. */
export type FreshEngine = AsyncDisposable & {
  readonly engine: DockerEngine;
  /** As DOCKER_HOST says it. */
  readonly address: string;
  /** Ends the engine as its service manager does; whether its containers end too, it was told when it was started. */
  stop(): Promise<void>;
  /** Starts it again after `stop`, with more flags if they are given. */
  start(flags?: readonly string[]): Promise<void>;
};

type Undo = () => Promise<void>;

const START_MS = 60_000;

const run = (program: string, ...args: readonly string[]) => execa(program, [...args]);

/** Why no engine can be started here; undefined where it can. */
export const whyNoFreshEngine = async (): Promise<string | undefined> => {
  if (process.getuid?.() !== 0) return 'not root';
  for (const [program = '', ...args] of [
    ['dockerd', '--version'],
    ['ip', '-V'],
    ['iptables', '-w', '-t', 'nat', '-S'],
  ]) {
    const { failed } = await execa(program, args, { reject: false });
    if (failed) return `${[program, ...args].join(' ')} does not work`;
  }
  return undefined;
};

/** A bridge with a way out. Its rules are made here: an engine that made its own would replace the other engine's. */
const addNetwork = async (undo: Undo[]): Promise<string> => {
  const bridge = `fresh-${randomBytes(3).toString('hex')}`;
  const subnet = `10.241.${randomBytes(1)[0]}`;
  await run('ip', 'link', 'add', bridge, 'type', 'bridge');
  undo.push(async () => void (await run('ip', 'link', 'delete', bridge)));
  await run('ip', 'address', 'add', `${subnet}.1/24`, 'dev', bridge);
  await run('ip', 'link', 'set', bridge, 'up');
  await steadyBridge(console.error, bridge);
  const rules = [
    ['nat', 'POSTROUTING', '-s', `${subnet}.0/24`, '!', '-o', bridge, '-j', 'MASQUERADE'],
    ['filter', 'FORWARD', '-i', bridge, '-j', 'ACCEPT'],
    ['filter', 'FORWARD', '-o', bridge, '-j', 'ACCEPT'],
  ];
  for (const [table = '', chain = '', ...rule] of rules) {
    await run('iptables', '-w', '-t', table, '-I', chain, ...rule);
    undo.push(async () => void (await run('iptables', '-w', '-t', table, '-D', chain, ...rule)));
  }
  return bridge;
};

const waitUntilReady = async (engine: DockerEngine, daemon: Pick<ChildProcess, 'exitCode'>): Promise<boolean> => {
  for (const start = Date.now(); daemon.exitCode === null && Date.now() - start < START_MS; await sleep(200))
    if (await engine.ping().catch(() => undefined)) return true;
  return false;
};

type Daemon = Pick<FreshEngine, 'engine' | 'address' | 'stop' | 'start'>;

const createDaemon = (home: string, bridge: string): Daemon => {
  const at = (name: string): string => join(home, name);
  const log = at('log');
  const places = ['--config-file', at('daemon.json'), '--data-root', at('data'), '--exec-root', at('run')];
  const address = `unix://${at('docker.sock')}`;
  // Without address pools of its own: an engine that has them deletes docker0 when it starts, whosever that is.
  const network = ['--bridge', bridge, '--iptables=false'];
  const args = [...places, '--pidfile', at('pid'), '--host', address, ...network];
  const engine = connectDockerEngine(address);
  let end: () => Promise<void> = async () => undefined;
  return {
    engine,
    address,
    stop: () => end(),
    start: async (flags = []) => {
      await writeFile(at('daemon.json'), '{}');
      const output = { file: log, append: true };
      const daemon = execa('dockerd', [...args, ...flags], { reject: false, stdout: output, stderr: output });
      end = async () => {
        daemon.kill('SIGTERM');
        await daemon;
      };
      if (await waitUntilReady(engine, daemon)) return;
      throw new Error(`no engine: ${(await readFile(log, 'utf8')).slice(-2000)}`);
    },
  };
};

/** Containers that outlive their engine would outlive the test. */
const removeContainers = async (engine: DockerEngine): Promise<void> => {
  const containers = await engine.listContainers({ all: true }).catch(() => []);
  await Promise.all(containers.map(({ Id }) => engine.getContainer(Id).remove({ force: true })));
};

const readMounts = async (pid: string): Promise<string> => readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => '');

/** One that ended meanwhile is what was wanted. */
const endProcess = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/** An engine that is stopped in the middle of a build leaves the process of the step, and what is mounted for it. */
const endLeftovers = async (home: string): Promise<void> => {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const root = (await readMounts(pid)).split('\n').find((line) => line.split(' ')[4] === '/');
    if (root?.includes(`${home}/`) === true) endProcess(Number(pid));
  }
  const places = (await readMounts('self')).split('\n').map((line) => line.split(' ')[4] ?? '');
  for (const place of places.filter((mounted) => mounted.startsWith(`${home}/`)).toReversed())
    await run('umount', '--lazy', place);
};

/** Starts an engine with a data directory, a socket and a bridge of its own; the end of its scope leaves nothing. */
export const startFreshEngine = async (flags: readonly string[] = []): Promise<FreshEngine> => {
  const undo: Undo[] = [];
  const end = async (): Promise<void> => {
    for (const step of undo.toReversed()) await step();
  };
  try {
    const home = await mkdtemp(join(tmpdir(), 'fresh-engine-'));
    undo.push(async () => {
      await endLeftovers(home);
      await rm(home, { recursive: true, force: true });
    });
    const daemon = createDaemon(home, await addNetwork(undo));
    undo.push(() => daemon.stop());
    await daemon.start(flags);
    undo.push(() => removeContainers(daemon.engine));
    return { ...daemon, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
};
