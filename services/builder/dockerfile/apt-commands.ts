import { BUILD_CONTEXT, MOUNTS } from './image-layout.ts';
import type { NetworkOptions } from './network-access.ts';
import type { Mount } from './run-instruction.ts';

export type AptOptions = NetworkOptions & {
  /** The Python of the base, which names the Debian release. */
  readonly python: string;
};

/** Only lists and downloads are shared between builds: what apt knows of the image itself stays in the image. */
export const aptMounts = ({ python, caBundle }: AptOptions): readonly Mount[] => [
  ...['/var/cache/apt', '/var/lib/apt/lists'].map((target) => ({
    type: 'cache',
    id: `slipway-apt-${python}${target.replaceAll('/', '-')}`,
    target,
    sharing: 'locked',
  })),
  ...(caBundle ? [{ type: 'bind', source: BUILD_CONTEXT.caBundle, target: MOUNTS.caBundle }] : []),
];

/** The authorities are an option here, not a mount at their usual place: a package may want to write that file. */
export const aptCommand = ({ caBundle }: AptOptions): string =>
  `apt-get${caBundle ? ` -o Acquire::https::CAInfo=${MOUNTS.caBundle}` : ''}`;
