import type { InstallStep } from '../../contracts/build-plan.ts';
import { MOUNTS } from './image-layout.ts';
import { shellQuote } from './shell-quote.ts';

/** The Python to install for, and the day whose packages count. */
export type Target = { readonly python: string; readonly asOf: string | undefined };

/** What keeps packages out that the index got after the end of a day. */
export const excludeNewer = (asOf: string | undefined): readonly string[] =>
  asOf === undefined ? [] : [`--exclude-newer ${asOf}T23:59:59Z`];

/** One call of the installer. pip looks for the best version in all indexes, and in no configuration that a repository may hold. */
export const renderInstall = ({ file, prerelease, noDependencies }: InstallStep, { python, asOf }: Target): string =>
  [
    `uv pip install --python ${python} --no-config --index-strategy unsafe-best-match`,
    ...(prerelease ? ['--prerelease allow'] : []),
    ...(noDependencies ? ['--no-deps'] : []),
    ...excludeNewer(asOf),
    `--requirement ${shellQuote(`${MOUNTS.staged}/${file}`)}`,
  ].join(' ');
