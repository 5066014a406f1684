import type { Container } from 'dockerode';
import { posix } from 'node:path';
import { LABELS } from '../../contracts/labels.ts';
import { ignoreNotFound, type DockerEngine } from '../../platform/docker-engine.ts';
import type { ImageFacts } from './image-store.ts';

type Wanted = { readonly name: string; readonly programs: readonly string[] };

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const pathOf = (env: readonly string[]): readonly string[] => {
  const path = env.find((one) => one.startsWith('PATH='))?.slice('PATH='.length) ?? DEFAULT_PATH;
  return path.split(':').filter((directory) => directory.startsWith('/'));
};

/** The answer is read to its end, though it is empty: one that is left open keeps a process alive. */
const hasFile = async (container: Container, path: string): Promise<boolean> => {
  const answer: NodeJS.ReadableStream | undefined = await ignoreNotFound(container.infoArchive({ path }));
  answer?.resume();
  return answer !== undefined;
};

const findPrograms = async (container: Container, path: readonly string[], programs: readonly string[]) => {
  const found: string[] = [];
  for (const program of programs)
    for (const directory of found.includes(program) ? [] : path)
      if (!found.includes(program) && (await hasFile(container, posix.join(directory, program)))) found.push(program);
  return found;
};

/** Reads the configuration of an image, and looks for programs in a container that is never started. */
export const readImageFacts = async (
  engine: DockerEngine,
  { name, programs }: Wanted,
  signal: AbortSignal,
): Promise<ImageFacts> => {
  const { Config } = await engine.getImage(name).inspect();
  const options = { Image: name, Cmd: ['-'], Labels: { [LABELS.kind]: 'layer' }, abortSignal: signal };
  const container = await engine.createContainer(options);
  try {
    return {
      user: Config.User,
      entrypoint: [Config.Entrypoint ?? []].flat(),
      programs: await findPrograms(container, pathOf(Config.Env ?? []), programs),
    };
  } finally {
    await ignoreNotFound(container.remove({ force: true }));
  }
};
