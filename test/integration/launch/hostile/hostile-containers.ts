import type { Container, ContainerCreateOptions } from 'dockerode';
import { readFile } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { connectTestEngine } from '../../../support/docker-engine.ts';

const PYTHON = '/srv/conda/envs/notebook/bin/python3';
const PLACE = '/opt/hostile';

/** Puts the probes into a container, with a program that is root's and setuid, as an image may have it. */
export const armContainer = async (container: Container): Promise<void> => {
  const archive = pack();
  archive.entry({ name: 'probes.py', mode: 0o644 }, await readFile(new URL('probes.py', import.meta.url), 'utf8'));
  archive.finalize();
  await exec(container, ['mkdir', '-p', PLACE], '0');
  await container.putArchive(await buffer(archive), { path: PLACE });
  const copy = `cp /usr/bin/id ${PLACE}/setuid-id && chmod 4755 ${PLACE}/setuid-id`;
  const { stderr } = await exec(container, ['sh', '-c', copy], '0');
  if (stderr !== '') throw new Error(stderr);
};

export type Said = { readonly stdout: string; readonly stderr: string };

/** Runs a command in a container, as a user of it, and gives what it printed. */
export const exec = async (container: Container, command: readonly string[], user: string): Promise<Said> => {
  const running = await container.exec({ Cmd: [...command], User: user, AttachStdout: true, AttachStderr: true });
  const stream = await running.start({});
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  connectTestEngine().modem.demuxStream(stream, stdout, stderr);
  stream.on('end', () => [stdout, stderr].forEach((output) => output.end()));
  const [printed, complained] = await Promise.all([text(stdout), text(stderr)]);
  return { stdout: printed, stderr: complained };
};

/** What the probes try to reach. */
export type World = {
  /** A file of the machine, as it may be seen through a process that is outside. */
  readonly marker: string;
  readonly disk: number;
  readonly log: string;
  readonly public: string;
  readonly dial: Readonly<Record<string, readonly [string, number]>>;
  readonly ask: Readonly<Record<string, readonly [string, number]>>;
};

type Attempt = { readonly container: Container; readonly user: string; readonly world: World };

/** Runs probes in a container; what each was told, by name. */
export const runProbes = async (
  { container, user, world }: Attempt,
  names: readonly string[],
): Promise<Map<string, string>> => {
  const command = [PYTHON, `${PLACE}/probes.py`, JSON.stringify(world), ...names];
  const { stdout, stderr } = await exec(container, command, user);
  const outcomes = new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as [string, string]),
  );
  if (outcomes.size !== names.length) throw new Error(`some probes did not run: ${stdout}\n${stderr}`);
  return outcomes;
};

/** Every capability that a probe needs; not all there are, because a virtual machine may not have them all itself. */
const CAPABILITIES = `DAC_READ_SEARCH IPC_LOCK MKNOD NET_ADMIN NET_RAW SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE
  SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_TIME SYSLOG`;

/** What the engine mounts read-only for all but privileged containers. */
const UNLOCK = `mount -o remount,rw /sys
for place in /sys/fs/cgroup /sys/fs/cgroup/*; do ! mountpoint -q "$place" || mount -o remount,rw,bind "$place"; done
exec sleep 600`;

/** A container that is held in by nothing, for seeing that the probes can succeed. It only ever runs those. */
export const startOpenContainer = async (image: string, label: string): Promise<Container> => {
  const options: ContainerCreateOptions = {
    Image: image,
    User: '0',
    Entrypoint: ['sh', '-c'],
    Cmd: [UNLOCK],
    Labels: { 'slipway.test': label },
    HostConfig: {
      CapAdd: CAPABILITIES.split(/\s+/),
      MaskedPaths: [],
      ReadonlyPaths: [],
      Devices: [{ PathOnHost: '/dev/kmsg', PathInContainer: '/dev/kmsg', CgroupPermissions: 'rwm' }],
      DeviceCgroupRules: ['a *:* rwm'],
      PidMode: 'host',
      SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined'],
      Binds: ['/var/run/docker.sock:/var/run/docker.sock'],
      Memory: 2 * 1024 ** 3,
      PidsLimit: 2000,
      ShmSize: 256 * 1024 ** 2,
      Ulimits: [{ Name: 'nofile', Soft: 16_384, Hard: 16_384 }],
    },
  };
  const container = await connectTestEngine().createContainer(options);
  try {
    await container.start();
    return container;
  } catch (error) {
    await container.remove();
    throw error;
  }
};
