import { BARE, CONDA_R, makeCondaPython, makeGreeter } from '../../support/conda-builds.ts';
import type { CondaPackage } from '../../support/conda-channel.ts';

const onDay = (day: string) => ({ timestamp: Date.parse(`${day}T12:00:00Z`) });

/** The channel that rows solve against: small packages of the names that repositories have. */
export const CHANNEL: readonly CondaPackage[] = [
  ...[makeCondaPython('3.13.5'), ...BARE].map((one) => ({ ...one, ...onDay('2023-01-01') })),
  { ...makeGreeter('1.0', 'python', 'hello from 1.0'), ...onDay('2024-01-10') },
  { ...makeGreeter('2.0', 'python', 'hello from 2.0'), ...onDay('2024-01-11') },
  { name: 'numpy', version: '1.26.4', build: 'mac_0', subdir: 'osx-64', files: {} },
  { name: 'numpy', version: '1.26.4', build: 'linux_0', files: {} },
  { name: 'appnope', version: '0.1.4', build: 'pyhd8ed1ab_0', subdir: 'osx-64', files: {} },
  { name: 'r-ggplot2', version: '3.5', depends: ['r-base'], files: {} },
  ...CONDA_R,
];
