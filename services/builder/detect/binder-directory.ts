import type { Evidence } from '../../contracts/build-plan.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { RepositoryFiles } from './repository-files.ts';

const NAMES = ['binder', '.binder'] as const;

export type BinderDirectory = {
  /** Where configuration files are looked for: `binder`, `.binder`, or '' for the top. */
  readonly directory: string;
  readonly evidence: readonly Evidence[];
};

const describe = (files: RepositoryFiles, name: string): Evidence => ({
  file: name,
  used: false,
  because:
    files.kindOf(name) === 'file'
      ? 'it is a file; only a directory of this name holds configuration'
      : 'it is a symbolic link that does not lead to a directory inside of the repository',
});

/** Finds the only place where configuration is read from. Throws DETECT_BINDER_DIR_CONFLICT when there are two. */
export const findBinderDirectory = (files: RepositoryFiles): BinderDirectory => {
  const present = NAMES.filter((name) => files.list('').includes(name));
  const directories = present.filter((name) => files.kindOf(name) === 'directory');
  if (directories.length > 1) throw new SlipwayError('DETECT_BINDER_DIR_CONFLICT');
  const evidence = present.filter((name) => !directories.includes(name)).map((name) => describe(files, name));
  return { directory: directories[0] ?? '', evidence };
};
