import type { DockerEngine } from '../../services/platform/docker-engine.ts';
import { startCondaChannels, type CondaChannels, type CondaPackage } from './conda-channel.ts';
import { readBridgeAddress } from './docker-engine.ts';
import { startImageBuilds, type ImageBuilds } from './image-builds.ts';

/**
 * A Python as a package that needs no download: an environment of the Python that every base has. It is relocatable
 * and has site-packages of its own; what it cannot show is that a standard library is installed too.
 */
export const makeCondaPython = (version: string): CondaPackage => ({
  name: 'python',
  version,
  files: {
    'bin/python3.13': { link: '/usr/bin/python3.13' },
    'bin/python3': { link: 'python3.13' },
    'bin/python': { link: 'python3.13' },
    'pyvenv.cfg': 'home = /usr/bin\n',
  },
});

const makeStub = (name: string): CondaPackage => ({
  name,
  version: '1.0',
  depends: ['python'],
  python: { entryPoints: [] },
  files: { [`site-packages/${name}/__init__.py`]: '' },
});

/** What stands for what every environment gets, so that none of it comes from the index: notebooks do not run in these. */
export const BARE: readonly CondaPackage[] = ['ipykernel', 'pip'].map(makeStub);

/** R as packages that need no download, and its kernel. */
export const CONDA_R: readonly CondaPackage[] = [
  { name: 'r-base', version: '4.3', files: { 'bin/R': { script: '#!/bin/sh\necho R from {PREFIX}\n' } } },
  {
    name: 'r-irkernel',
    version: '1',
    depends: ['r-base'],
    files: {
      'share/jupyter/kernels/ir/kernel.json': '{"argv": ["{PREFIX}/bin/R"], "display_name": "R", "language": "R"}',
    },
  },
];

/** A package for any platform with a command `greet`. */
export const makeGreeter = (version: string, depends: string, greeting: string): CondaPackage => ({
  name: 'greeter',
  version,
  depends: [depends],
  python: { entryPoints: ['greet = greeter:main'] },
  files: { 'site-packages/greeter/__init__.py': `def main():\n    print(${JSON.stringify(greeting)})\n` },
});

/** Builds of small repositories against channels that were made for them. */
export type CondaBuilds = Omit<ImageBuilds, 'print'> & {
  readonly channels: CondaChannels;
  /** What a shell in the image prints, by lines. */
  print(image: string, script: string): Promise<string[]>;
  /** From now on channels are looked for there. */
  useMirror(condaMirror: string): Promise<void>;
};

/** The first of the channels is the operator's. */
export const startCondaBuilds = async (
  engine: DockerEngine,
  name: string,
  packages: Readonly<Record<string, readonly CondaPackage[]>>,
): Promise<CondaBuilds> => {
  const channels = await startCondaChannels(await readBridgeAddress(engine), packages);
  const condaChannels = Object.keys(packages).slice(0, 1);
  const builds = await startImageBuilds(name, { build: { condaMirror: channels.url, condaChannels } });
  return {
    ...builds,
    channels,
    print: async (image, script) => (await builds.print(image, script)).split('\n'),
    useMirror: (condaMirror) => builds.change({ condaMirror, condaChannels }),
    [Symbol.asyncDispose]: async () => {
      await channels[Symbol.asyncDispose]();
      await builds[Symbol.asyncDispose]();
    },
  };
};
