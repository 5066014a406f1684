import type { Container, ContainerCreateOptions } from 'dockerode';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { LABELS } from '../contracts/labels.ts';
import { SlipwayError } from '../contracts/slipway-error.ts';
import { engineStatus, ignoreNotFound, type DockerEngine } from '../platform/docker-engine.ts';
import type { RunConfig } from './run-options.ts';

export type ContainerRun = {
  readonly engine: DockerEngine;
  readonly image: string;
  /** The command to run; empty for Jupyter. */
  readonly command: readonly string[];
  readonly config: RunConfig;
  /** The password of Jupyter. */
  readonly token: string;
  /** Is told the address when Jupyter answers there. */
  readonly onReady: (address: string) => void;
};

const JUPYTER_PORT = '8888/tcp';
const JUPYTER = ['jupyter', 'lab', '--ip=0.0.0.0', '--port=8888', '--no-browser'];
const STOP_SECONDS = 10;

const makePorts = ({ command, config }: ContainerRun): RunConfig['ports'] =>
  command.length > 0 ? config.ports : { [JUPYTER_PORT]: [{ HostIp: '127.0.0.1', HostPort: '' }], ...config.ports };

const makeContainer = (run: ContainerRun): ContainerCreateOptions => {
  const ports = makePorts(run);
  return {
    Image: run.image,
    Cmd: [...(run.command.length > 0 ? run.command : JUPYTER)],
    Env: [`JUPYTER_TOKEN=${run.token}`, ...run.config.env],
    Labels: { [LABELS.kind]: 'run' },
    ExposedPorts: Object.fromEntries(Object.keys(ports).map((port) => [port, {}])),
    HostConfig: {
      Binds: [...run.config.binds],
      PortBindings: ports,
      PublishAllPorts: run.config.publishesAll,
      Init: true,
    },
  };
};

/** What the engine refuses at a start is what the person asked for: a port, a mount, a program. */
const toStartError = (thrown: unknown): unknown => {
  if (engineStatus(thrown) === undefined || !(thrown instanceof Error)) return thrown;
  const message = `The container could not be started: ${thrown.message.trim()}`;
  const isPortTaken = /port is already allocated|address already in use/i.test(thrown.message);
  return isPortTaken
    ? new SlipwayError('CONFIG_PORT_IN_USE', { message, hint: 'Choose another port with --publish.', cause: thrown })
    : new SlipwayError('SESSION_START_FAILED', { message, hint: 'Correct what the message names.', cause: thrown });
};

/** With a command its streams are passed on; Jupyter's log all goes to standard error, for the address is the output. */
const passOutputOn = async (
  container: Container,
  { engine, command }: ContainerRun,
): Promise<{ readonly printed: Promise<void> }> => {
  const stream = await container.attach({ stream: true, stdout: true, stderr: true });
  engine.modem.demuxStream(stream, command.length > 0 ? process.stdout : process.stderr, process.stderr);
  return { printed: finished(stream, { writable: false }) };
};

const answers = async (address: string, signal: AbortSignal): Promise<boolean> => {
  try {
    return (await fetch(`${address}/api`, { signal })).ok;
  } catch {
    return false;
  }
};

const announce = async (container: Container, { onReady, token }: ContainerRun, over: AbortSignal): Promise<void> => {
  const { NetworkSettings } = await container.inspect();
  const [binding] = NetworkSettings.Ports[JUPYTER_PORT] ?? [];
  if (binding === undefined) return;
  const address = `http://127.0.0.1:${binding.HostPort}`;
  while (!over.aborted && !(await answers(address, over))) await sleep(200);
  if (!over.aborted) onReady(`${address}/lab?token=${encodeURIComponent(token)}`);
};

const follow = async (container: Container, run: ContainerRun, signal: AbortSignal): Promise<number> => {
  const over = new AbortController();
  const stop = (): void => void container.stop({ t: STOP_SECONDS }).catch(() => undefined);
  const { printed } = await passOutputOn(container, run);
  const ended = container.wait({ condition: 'next-exit' }) as Promise<{ readonly StatusCode: number }>;
  await container.start();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const announced = run.command.length > 0 ? undefined : announce(container, run, over.signal).catch(() => undefined);
  try {
    const { StatusCode } = await ended;
    await printed;
    return StatusCode;
  } finally {
    signal.removeEventListener('abort', stop);
    over.abort();
    await announced;
  }
};

/**
 * Runs a container in the foreground until it ends, or until the signal stops it, and removes it. Gives its exit
 * code. Throws SESSION_START_FAILED or CONFIG_PORT_IN_USE when it cannot be started.
 */
export const runContainer = async (run: ContainerRun, signal: AbortSignal): Promise<number> => {
  signal.throwIfAborted();
  let container: Container | undefined;
  try {
    container = await run.engine.createContainer(makeContainer(run));
    return await follow(container, run, signal);
  } catch (error) {
    throw toStartError(error);
  } finally {
    if (container !== undefined) await ignoreNotFound(container.remove({ force: true, v: true }));
  }
};
