import { execa } from 'execa';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { DockerEngine } from '../../platform/docker-engine.ts';
import { runCommand, signalGroup } from '../../platform/run-command.ts';
import { makeReportedError, toEngineError } from '../image/engine-failure.ts';
import { SYSTEM_PACKAGES } from './render-base.ts';

/** `mirror` is empty for the one that mmdebstrap chooses, which has updates and security updates. */
export type DebianBootstrap = { readonly suite: string; readonly mirror: string; readonly tag: string };

const INSTALL = ['install', '--yes', '--no-install-recommends', 'mmdebstrap'];

const isInstalled = async (signal: AbortSignal): Promise<boolean> =>
  (await runCommand('mmdebstrap', ['--version'], { signal })).exitCode === 0;

const missingTool = (why: string): SlipwayError =>
  new SlipwayError('IMAGE_BASE_FAILED', {
    message: `The base image could not be made: the program mmdebstrap is not installed${why}.`,
    hint: `Run: apt-get ${INSTALL.join(' ')} — or set base.from to an image to build on.`,
  });

/** Makes sure that mmdebstrap can be run: installs it where that is possible, and says so. */
export const installBootstrapTool = async function* (signal: AbortSignal): AsyncGenerator<string, void> {
  if (await isInstalled(signal)) return;
  if (process.getuid?.() !== 0) throw missingTool(' and this process is not root');
  yield 'Installing mmdebstrap with apt-get\n';
  await runCommand('apt-get', ['update'], { signal });
  const { exitCode, stderr } = await runCommand('apt-get', INSTALL, { signal });
  if (exitCode !== 0) throw missingTool(` and apt-get cannot install it (${stderr.trim().split('\n').at(-1) ?? ''})`);
};

/** Documentation and translations are left out, as in Debian's own slim images; copyright files stay. */
const SLIM = [
  'path-exclude=/usr/share/man/*',
  'path-exclude=/usr/share/info/*',
  'path-exclude=/usr/share/locale/*',
  'path-include=/usr/share/locale/locale.alias',
  'path-exclude=/usr/share/doc/*',
  'path-include=/usr/share/doc/*/copyright',
].map((option) => `--dpkgopt=${option}`);

const securityMirror = (mirror: string): string | undefined => {
  const found = /^(.*)\/debian\/?$/.exec(mirror)?.[1];
  return found && `${found}/debian-security`;
};

const hasRelease = async (mirror: string, suite: string, signal: AbortSignal): Promise<boolean> => {
  try {
    const response = await fetch(`${mirror}/dists/${suite}/InRelease`, { method: 'HEAD', signal });
    return response.ok;
  } catch {
    signal.throwIfAborted();
    return false;
  }
};

/** The release, its updates and, where the mirror has them beside it, its security updates. */
const makeSources = async ({ suite, mirror }: DebianBootstrap, signal: AbortSignal): Promise<string[]> => {
  if (mirror === '') return [];
  const security = securityMirror(mirror);
  const hasSecurity = security !== undefined && (await hasRelease(security, `${suite}-security`, signal));
  const sources = [`deb ${mirror} ${suite} main`, `deb ${mirror} ${suite}-updates main`];
  return hasSecurity ? [...sources, `deb ${security} ${suite}-security main`] : sources;
};

/** Reads an engine's stream of JSON messages to its end; throws what it reports as an error. */
const readImport = async (answer: NodeJS.ReadableStream): Promise<void> => {
  for await (const line of createInterface({ input: answer })) {
    const message = JSON.parse(line) as { readonly error?: string };
    if (message.error !== undefined) throw makeReportedError(message.error, 'IMAGE_BASE_FAILED');
  }
};

const importTar = async (engine: DockerEngine, tar: Readable, tag: string): Promise<void> => {
  const [repo, version] = tag.split(/:(?=[^:/]+$)/);
  await readImport(await engine.importImage(tar, { repo, tag: version }));
};

type Workspace = AsyncDisposable & { readonly path: string };

/**
 * Where mmdebstrap works: it leaves things behind when it is stopped. They are removed without crossing into what
 * it may have mounted below, which is the machine's own.
 */
const createWorkspace = async (): Promise<Workspace> => {
  const path = await mkdtemp(join(tmpdir(), 'slipway-base-'));
  await chmod(path, 0o755);
  const remove = async (): Promise<void> => {
    await runCommand('rm', ['-rf', '--one-file-system', '--', path]);
  };
  return { path, [Symbol.asyncDispose]: remove };
};

/** Starts mmdebstrap; the system comes as a tar on its standard output, progress on its standard error. */
const startMaker = ({ suite }: DebianBootstrap, sources: readonly string[], workspace: string) => {
  const packages = `--include=${SYSTEM_PACKAGES.join(',')}`;
  return execa('mmdebstrap', ['--variant=minbase', '--format=tar', packages, ...SLIM, suite, '-', ...sources], {
    buffer: false,
    detached: true,
    env: { TMPDIR: workspace },
    reject: false,
    stdin: 'ignore',
  });
};

const KILL_AFTER_MS = 10_000;

/** mmdebstrap waits for its children when it is told to stop, so all of its group are told. */
const stopOnAbort = (pid: number | undefined, signal: AbortSignal): Disposable => {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    if (pid === undefined) return;
    signalGroup(pid, 'SIGTERM');
    timer = setTimeout(signalGroup, KILL_AFTER_MS, pid, 'SIGKILL');
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  return {
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    },
  };
};

/**
 * Makes a Debian system with mmdebstrap and hands it to the engine as it comes, under `tag`. Yields progress lines.
 * Throws IMAGE_BASE_FAILED, or what the engine's failure means; what exists under `tag` then is unfinished.
 */
export const bootstrapDebian = async function* (
  engine: DockerEngine,
  bootstrap: DebianBootstrap,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const sources = await makeSources(bootstrap, signal);
  if (sources.length === 2) yield `The mirror ${bootstrap.mirror} has no security updates beside it\n`;
  await using workspace = await createWorkspace();
  const maker = startMaker(bootstrap, sources, workspace.path);
  const failed = new AbortController();
  using _stop = stopOnAbort(maker.pid, AbortSignal.any([signal, failed.signal]));
  const imported = importTar(engine, maker.stdout, bootstrap.tag);
  imported.catch(() => failed.abort());
  const problems: string[] = [];
  for await (const line of maker.iterable({ from: 'stderr' })) {
    if (/^[EW]: /.test(line)) problems.push(line);
    yield `${line}\n`;
  }
  const { exitCode } = await maker;
  const failure: unknown = await imported.then(
    () => undefined,
    (error: unknown) => error,
  );
  signal.throwIfAborted();
  if (failure !== undefined) throw toEngineError(failure);
  if (exitCode === 0) return;
  const why = problems.slice(0, 2).join(' ');
  throw new SlipwayError('IMAGE_BASE_FAILED', { message: `The base image could not be made: mmdebstrap: ${why}` });
};
