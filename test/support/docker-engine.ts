import { execa } from 'execa';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ignoreNotFound, connectDockerEngine, type DockerEngine } from '../../services/platform/docker-engine.ts';

/** The engine that the tests use: DOCKER_HOST, else the local socket. */
export const connectTestEngine = (): DockerEngine => connectDockerEngine(process.env['DOCKER_HOST'] ?? '');

/** What one test file made, by the prefix of its image names; everything of it is removed at the end. */
export type ImageScope = AsyncDisposable & { readonly prefix: string };

const imagesOf = async (engine: DockerEngine, prefix: string): Promise<string[]> =>
  (await engine.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => tag.startsWith(prefix));

/** Gives a prefix for image names that no other test has, and removes all images below it at the end. */
export const createImageScope = (engine: DockerEngine, name: string): ImageScope => {
  const prefix = `slipway-test-${name}-${process.pid}/`;
  return {
    prefix,
    [Symbol.asyncDispose]: async () => {
      for (const tag of await imagesOf(engine, prefix))
        await ignoreNotFound(engine.getImage(tag).remove({ force: true }));
    },
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
mkdir -p "$ROOT/etc" "$ROOT/home/jovyan" "$ROOT/tmp" && chown 1000:1000 "$ROOT/home/jovyan"
printf 'root:x:0:0::/:/bin/sh\\njovyan:x:1000:1000::/home/jovyan:/bin/sh\\n' > "$ROOT/etc/passwd"
printf 'root:x:0:\\njovyan:x:1000:\\n' > "$ROOT/etc/group"
tar -C "$ROOT" -c . | docker import --change 'WORKDIR /home/jovyan' --change 'USER jovyan' --change 'CMD ["id"]' \\
  --change 'ENTRYPOINT ["env"]' --change 'LABEL slipway.kind=environment' --change 'ENV KEPT=yes' - "$NAME"
`;

/** Makes an image of a shell and a few programs of this machine, in a second and without a registry. */
export const createTinyImage = async (name: string): Promise<void> => {
  const root = await mkdtemp(join(tmpdir(), 'tiny-image-'));
  try {
    await execa('sh', ['-ec', SCRIPT, 'sh', ...(await findFiles(TINY_PROGRAMS))], { env: { ROOT: root, NAME: name } });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
};

export type RunOutcome = { readonly status: number; readonly output: string };

/** Runs a command in a container of an image, removes the container, and gives its status and whole output. */
export const runInImage = async (image: string, command: readonly string[]): Promise<RunOutcome> => {
  const { exitCode, all } = await execa('docker', ['run', '--rm', image, ...command], { all: true, reject: false });
  return { status: exitCode ?? -1, output: all };
};

/** What exists now of what builds may leave behind: containers, and images without a name. */
export const listLeftovers = async (engine: DockerEngine, label: string): Promise<string[]> => {
  const filters = { label: [label] };
  const containers = await engine.listContainers({ all: true, filters });
  const dangling = await engine.listImages({ filters: { ...filters, dangling: ['true'] } });
  return [...containers, ...dangling].map(({ Id }) => Id).sort();
};
