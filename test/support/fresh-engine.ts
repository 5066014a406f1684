import { execa } from 'execa';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { steadyBridge } from '../../services/cli/steady-bridge.ts';
import { connectDockerEngine, type DockerEngine } from '../../services/platform/docker-engine.ts';

/** A Docker engine of its own, which has no image and shares nothing with the machine's. */
export type FreshEngine = AsyncDisposable & { readonly engine: DockerEngine };

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

const startDaemon = async (home: string, bridge: string, undo: Undo[]): Promise<DockerEngine> => {
  const at = (name: string): string => join(home, name);
  const log = at('log');
  await writeFile(at('daemon.json'), '{}');
  const flags = ['--config-file', at('daemon.json'), '--data-root', at('data'), '--exec-root', at('run')];
  const host = `unix://${at('docker.sock')}`;
  const args = [...flags, '--pidfile', at('pid'), '--host', host, '--bridge', bridge, '--iptables=false'];
  const daemon = execa('dockerd', args, { reject: false, stdout: { file: log }, stderr: { file: log } });
  undo.push(async () => {
    daemon.kill('SIGTERM');
    await daemon;
  });
  const engine = connectDockerEngine(host);
  if (await waitUntilReady(engine, daemon)) return engine;
  throw new Error(`no engine: ${(await readFile(log, 'utf8')).slice(-2000)}`);
};

/** Starts an engine with a data directory, a socket and a bridge of its own; the end of its scope leaves nothing. */
export const startFreshEngine = async (): Promise<FreshEngine> => {
  const undo: Undo[] = [];
  const end = async (): Promise<void> => {
    for (const step of undo.toReversed()) await step();
  };
  try {
    const home = await mkdtemp(join(tmpdir(), 'fresh-engine-'));
    undo.push(() => rm(home, { recursive: true, force: true }));
    const engine = await startDaemon(home, await addNetwork(undo), undo);
    return { engine, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
};
