import type { Container, ContainerCreateOptions } from 'dockerode';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { LABELS } from '../../contracts/labels.ts';
import type { DockerEngine } from '../../platform/docker-engine.ts';
import type { RunScript } from './firewall.ts';
import { SYSTEM_PATH } from './local-script.ts';

export type HelperOptions = {
  readonly engine: DockerEngine;
  readonly instance: string;
  /** Finds an image that nobody but the operator had a say in; the helper may change the machine's network. */
  readonly findImage: () => Promise<string>;
};

const MACHINE = '/machine';

/**
 * A container in the network of the engine's machine, which runs the machine's own programs: those are of the kind that
 * the engine uses. It may change the network and nothing else; the lock of the programs is below /run.
 */
const makeHelper = (image: string, instance: string, command: readonly string[]): ContainerCreateOptions => ({
  Image: image,
  User: '0',
  Entrypoint: ['chroot', MACHINE, '/bin/sh', '-ec'],
  Cmd: [...command],
  Env: [`PATH=${SYSTEM_PATH}`],
  WorkingDir: '/',
  Labels: { [LABELS.instance]: instance, [LABELS.kind]: 'helper' },
  HostConfig: {
    AutoRemove: true,
    NetworkMode: 'host',
    UsernsMode: 'host',
    CapDrop: ['ALL'],
    CapAdd: ['NET_ADMIN', 'NET_RAW', 'SYS_CHROOT'],
    SecurityOpt: ['no-new-privileges'],
    Binds: [`/:${MACHINE}:ro`, `/run:${MACHINE}/run`],
    RestartPolicy: { Name: 'no' },
  },
});

type Outcome = { readonly status: number; readonly stdout: string; readonly stderr: string };

const runContainer = async (engine: DockerEngine, container: Container): Promise<Outcome> => {
  const stream = await container.attach({ stream: true, stdout: true, stderr: true });
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  engine.modem.demuxStream(stream, stdout, stderr);
  stream.on('end', () => [stdout, stderr].forEach((output) => output.end()));
  const ended = container.wait({ condition: 'next-exit' }) as Promise<{ readonly StatusCode: number }>;
  const [printed, said, { StatusCode: status }] = await Promise.all([
    text(stdout),
    text(stderr),
    ended,
    container.start(),
  ]);
  return { status, stdout: printed, stderr: said };
};

const tryOnce = async (options: HelperOptions, command: readonly string[]): Promise<Outcome> => {
  const { engine, instance } = options;
  const container = await engine.createContainer(makeHelper(await options.findImage(), instance, command));
  try {
    return await runContainer(engine, container);
  } catch (error) {
    await container.remove({ force: true }).catch(() => undefined);
    throw error;
  }
};

/** Runs scripts on the engine's machine although this process is not there, or may not change its network. */
export const createHelperScript =
  (options: HelperOptions): RunScript =>
  async (script, args) => {
    const { status, stdout, stderr } = await tryOnce(options, [script, 'sh', ...args]);
    if (status === 0) return stdout;
    throw new Error(
      `the packet filter of the engine's machine cannot be changed: ${stderr.trim() || `exit ${status}`}`,
    );
  };
