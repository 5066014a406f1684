import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../contracts/settings.ts';
import { SlipwayError } from '../contracts/slipway-error.ts';
import { connectDockerEngine, type DockerEngine } from '../platform/docker-engine.ts';
import { runCommand } from '../platform/run-command.ts';
import { ensurePackages } from './ensure-packages.ts';
import type { Report } from './report.ts';
import { steadyBridge } from './steady-bridge.ts';

type EngineOptions = { readonly settings: Settings; readonly env: NodeJS.ProcessEnv; readonly report: Report };

const PING_TIMEOUT_MS = 5000;
const START_TIMEOUT_MS = 60_000;

const answers = (engine: DockerEngine): Promise<boolean> => {
  const pong = engine.ping().then(
    () => true,
    () => false,
  );
  return Promise.race([pong, sleep(PING_TIMEOUT_MS, false, { ref: false })]);
};

/** With systemd the engine is its service; without, it is started so that it outlives this process and its sessions. */
const startEngine = async ({ settings, report }: EngineOptions): Promise<void> => {
  if (existsSync('/run/systemd/system')) {
    report('Starting the Docker engine (systemctl start docker)…');
    await runCommand('systemctl', ['start', 'docker']);
    return;
  }
  const log = join(settings.data, 'dockerd.log');
  report(`Starting the Docker engine (dockerd, log in ${log})…`);
  mkdirSync(settings.data, { recursive: true });
  const output = openSync(log, 'a');
  spawn('dockerd', [], { detached: true, stdio: ['ignore', output, output] }).unref();
};

const waitForEngine = async (engine: DockerEngine): Promise<boolean> => {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (await answers(engine)) return true;
    await sleep(500);
  }
  return false;
};

/** The local engine; as root on Debian and Ubuntu it is installed and started where it is missing. */
const ensureLocalEngine = async (options: EngineOptions): Promise<DockerEngine> => {
  const engine = connectDockerEngine('');
  if (await answers(engine)) return engine;
  await ensurePackages([{ program: 'dockerd', package: 'docker.io' }], { ...options, code: 'CONFIG_ENGINE_MISSING' });
  if (process.getuid?.() !== 0) throw new SlipwayError('CONFIG_ENGINE_UNREACHABLE');
  await startEngine(options);
  if (await waitForEngine(engine)) return engine;
  throw new SlipwayError('CONFIG_ENGINE_UNREACHABLE', {
    message: 'The Docker engine was started but does not answer.',
  });
};

/**
 * Gives a container engine that answers: the one of `dockerHost` / DOCKER_HOST, or the local socket, or one that is
 * installed and started now. Throws CONFIG_ENGINE_MISSING or _UNREACHABLE.
 */
export const ensureEngine = async (options: EngineOptions): Promise<DockerEngine> => {
  const address = options.settings.dockerHost || (options.env['DOCKER_HOST'] ?? '');
  if (address === '') {
    const engine = await ensureLocalEngine(options);
    if (process.getuid?.() === 0) await steadyBridge(options.report);
    return engine;
  }
  const engine = connectDockerEngine(address);
  if (await answers(engine)) return engine;
  throw new SlipwayError('CONFIG_ENGINE_UNREACHABLE', {
    message: `The container engine at ${address} does not answer.`,
  });
};
