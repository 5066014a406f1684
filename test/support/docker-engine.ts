import type { ContainerCreateOptions } from 'dockerode';
import { execa } from 'execa';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createContentTar, type TarPart } from '../../services/builder/image/content-tar.ts';
import { createDockerImageBuilder } from '../../services/builder/image/docker-image-builder.ts';
import { ignoreNotFound, connectDockerEngine, type DockerEngine } from '../../services/platform/docker-engine.ts';
import { runGenerator } from './run-generator.ts';

/** The engine that the tests use: DOCKER_HOST, else the local socket. */
export const connectTestEngine = (): DockerEngine => connectDockerEngine(process.env['DOCKER_HOST'] ?? '');

/** What one test file made, by the prefix of its image names; everything of it is removed at the end. */
export type ImageScope = AsyncDisposable & { readonly prefix: string };

/** Removes all images whose names begin like this. */
export const removeImages = async (engine: DockerEngine, prefix: string): Promise<void> => {
  const tags = (await engine.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
  for (const tag of tags.filter((name) => name.startsWith(prefix)))
    await ignoreNotFound(engine.getImage(tag).remove({ force: true }));
};

/** Gives a prefix for image names that no other test has, and removes all images below it at the end. */
export const createImageScope = (engine: DockerEngine, name: string): ImageScope => {
  const prefix = `slipway-test-${name}-${process.pid}/`;
  return {
    prefix,
    [Symbol.asyncDispose]: () => removeImages(engine, prefix),
  };
};

const TINY_PROGRAMS = ['sh', 'sleep', 'cat', 'ls', 'id', 'env', 'yes', 'head', 'stat', 'mkdir', 'chown'];

const findFiles = async (programs: readonly string[]): Promise<string[]> => {
  const { stdout } = await execa('sh', ['-c', 'for p; do readlink -f "$(command -v "$p")"; done', 'sh', ...programs]);
  const paths = stdout.split('\n');
  const libraries = await execa('ldd', paths);
  return [...paths, ...(libraries.stdout.match(/\/\S+\.so[.\d]*/g) ?? [])];
};

const SCRIPT = `
for f; do case "$f" in *.so*) mkdir -p "$ROOT$(dirname "$f")"; cp -L "$f" "$ROOT$f";; *) mkdir -p "$ROOT/bin"; cp "$f" "$ROOT/bin/";; esac; done
ln -s dash "$ROOT/bin/sh" 2>/dev/null || true
mkdir -p "$ROOT/etc" "$ROOT/tmp"
printf 'root:x:0:0::/:/bin/sh\\njovyan:x:1000:1000::/home/jovyan:/bin/sh\\n' > "$ROOT/etc/passwd"
printf 'root:x:0:\\njovyan:x:1000:\\n' > "$ROOT/etc/group"
`;

const DOCKERFILE = `FROM scratch
COPY root/ /
COPY --chown=1000:1000 home/ /home/jovyan/
WORKDIR /home/jovyan
USER jovyan
ENV KEPT=yes
LABEL slipway.kind=environment
ENTRYPOINT ["env"]
CMD ["id"]
`;

const buildTinyImage = async (engine: DockerEngine, name: string, root: string): Promise<void> => {
  const parts: TarPart[] = [
    { kind: 'tree', directory: root, prefix: 'root/' },
    { kind: 'text', path: 'home/.keep', text: '' },
    { kind: 'text', path: 'Dockerfile', text: DOCKERFILE },
  ];
  const request = { tag: name, context: createContentTar(parts, 0), dockerfile: 'Dockerfile', labels: {} };
  const run = createDockerImageBuilder(engine).build(request, new AbortController().signal);
  const { result } = await runGenerator(run);
  if (!result.ok) throw new Error(`no tiny image: ${result.message}`);
};

/** Makes an image of a shell and a few programs of this machine, in a second and without a registry. */
export const createTinyImage = async (name: string, engine = connectTestEngine()): Promise<void> => {
  const root = await mkdtemp(join(tmpdir(), 'tiny-image-'));
  try {
    await execa('sh', ['-ec', SCRIPT, 'sh', ...(await findFiles(TINY_PROGRAMS))], { env: { ROOT: root } });
    await buildTinyImage(engine, name, root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
};

type Bridge = { readonly IPAM: { readonly Config: readonly { readonly Gateway?: string; readonly Subnet: string }[] } };

/**
 * The address of this machine on the bridge that builds run on. A Docker that has just made the bridge does not name
 * it: it is then the first address of the subnet.
 */
export const readBridgeAddress = async (engine: DockerEngine): Promise<string> => {
  const { IPAM } = (await engine.getNetwork('bridge').inspect()) as Bridge;
  const { Gateway, Subnet = '' } = IPAM.Config[0] ?? {};
  return Gateway ?? Subnet.replace(/\.\d+\/\d+$/, '.1');
};

export type RunOutcome = { readonly status: number; readonly output: string };

/** Runs a command in a container of an image, removes the container, and gives its status and whole output. */
export const runInImage = async (
  image: string,
  command: readonly string[],
  options: ContainerCreateOptions = {},
): Promise<RunOutcome> => {
  const engine = connectTestEngine();
  const container = await engine.createContainer({ ...options, Image: image, Cmd: [...command] });
  try {
    const output = new PassThrough();
    const stream = await container.attach({ stream: true, stdout: true, stderr: true });
    engine.modem.demuxStream(stream, output, output);
    stream.on('end', () => output.end());
    const [printed] = await Promise.all([text(output), container.start()]);
    const { StatusCode: status } = (await container.wait()) as { readonly StatusCode: number };
    return { status, output: printed.trimEnd() };
  } finally {
    await container.remove({ force: true });
  }
};

/** What exists now of what builds may leave behind: containers, and images without a name. */
export const listLeftovers = async (engine: DockerEngine, label: string): Promise<string[]> => {
  const filters = { label: [label] };
  const containers = await engine.listContainers({ all: true, filters });
  const dangling = await engine.listImages({ filters: { ...filters, dangling: ['true'] } });
  return [...containers, ...dangling].map(({ Id }) => Id).sort();
};
