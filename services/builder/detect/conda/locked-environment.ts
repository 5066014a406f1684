import { makeRequirementSet, freeName } from '../python/generated-lines.ts';
import {
  parseLockedGit,
  renderIndexes,
  renderLocked,
  type LockedPackage,
  type Origin,
} from '../python/locked-package.ts';
import { createDetectError, quoteText } from '../detect-error.ts';
import { CONDA_PLATFORM, type CondaFile } from './conda-file.ts';
import type { CondaContext, CondaFound } from './conda-source.ts';

/** What a lock of conda's tools names for this platform. */
export type LockContent = {
  readonly file: string;
  readonly packages: readonly CondaFile[];
  readonly python: readonly LockedPackage[];
  /** Indexes of Python packages that it names. */
  readonly indexes?: readonly string[];
};

/** A Python package as the locks note it: an address of a file, of a Git commit, or a path from the lock's directory. */
export type LockedPython = {
  readonly name: string;
  readonly version: string;
  readonly location: string;
  readonly sha256?: string | undefined;
  readonly isEditable?: boolean;
  readonly line: number;
};

const PUBLIC_FILES = /^https:\/\/(?:files\.python[a-z]+\.org|pypi\.[a-z]+)\//;

const originOf = ({ location, sha256, isEditable = false }: LockedPython): Origin => {
  if (location.startsWith('git+')) return parseLockedGit(location.slice('git+'.length));
  // The files of the public index are taken from the index that the server uses; their digits say which file.
  if (PUBLIC_FILES.test(location)) return { kind: 'index' };
  if (/^https?:\/\//.test(location)) return { kind: 'address', address: location, hasHash: sha256 !== undefined };
  return { kind: 'path', path: location, isEditable };
};

/** The form that all locks share. */
export const makeLockedPython = (found: LockedPython): LockedPackage => ({
  name: found.name,
  version: found.version,
  origin: originOf(found),
  hashes: found.sha256 === undefined ? [] : [`sha256:${found.sha256}`],
  condition: true,
  line: found.line,
});

const findTwice = (packages: readonly CondaFile[]): string | undefined => {
  const seen = new Set<string>();
  return packages.find(({ name }) => seen.has(name) || !seen.add(name))?.name;
};

const minorOf = (version: string): string => version.split('.', 2).join('.');

/**
 * The environment that a lock describes. Throws DETECT_LOCK_INVALID where the packages cannot stand in one
 * environment, and for Python packages that no requirements file can name.
 */
export const makeLockedEnvironment = (
  { files, defaultPython }: CondaContext,
  { file, packages: all, python: locked, indexes = [] }: LockContent,
): Pick<CondaFound, 'python' | 'conda' | 'installs'> => {
  const packages = [...new Map(all.map((one) => [one.url, one])).values()];
  const fail = (problem: string) => createDetectError('DETECT_LOCK_INVALID', { file, problem });
  const twice = findTwice(packages);
  if (twice !== undefined) throw fail(`it names ${quoteText(twice)} twice for ${CONDA_PLATFORM}.`);
  const python = packages.find(({ name }) => name === 'python');
  const { lines, options } = renderLocked(locked);
  const isPure = lines.length + options.length === 0;
  if (!isPure && python === undefined) throw fail('it names Python packages, but no python among those of conda.');
  const requirements = makeRequirementSet(files, {
    file,
    lines,
    options: [...renderIndexes(indexes, 1), ...options],
    code: 'DETECT_LOCK_INVALID',
  });
  return {
    python: defaultPython,
    conda: {
      kind: 'locked',
      list: freeName(files, `${file}.conda.txt`),
      platform: CONDA_PLATFORM,
      ...(python === undefined ? {} : { python: minorOf(python.version) }),
      packages,
    },
    installs: isPure ? [] : [{ requirements, isExact: true }],
  };
};
