import type { Evidence } from '../../../contracts/build-plan.ts';
import type { EnvironmentDetection } from '../detection.ts';
import type { RepositoryFiles } from '../repository-files.ts';

export type CondaContext = {
  readonly files: RepositoryFiles;
  /** Where configuration files are looked for. */
  readonly directory: string;
  /** Python versions of the server, x.y, for what needs no conda. */
  readonly pythons: readonly string[];
  readonly defaultPython: string;
  /** The conda channels of the operator; conda-forge where nothing is said. */
  readonly condaChannels?: readonly string[];
};

/** What a file of conda's tools asks for. */
export type CondaFound = Pick<
  EnvironmentDetection,
  'python' | 'conda' | 'variables' | 'installs' | 'project' | 'evidence'
>;

/** Gives what the files of its kind ask for, or undefined when the repository has none. */
export type FindConda = (context: CondaContext) => CondaFound | undefined;

/** Locks of many platforms are larger than other configuration files. */
export const MAX_LOCK_BYTES = 16 * 1024 * 1024;

export const use = (file: string, because: string): Evidence => ({ file, used: true, because });

export const leave = (file: string, because: string): Evidence => ({ file, used: false, because });
