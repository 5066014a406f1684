import type { Evidence } from '../../../contracts/build-plan.ts';
import type { PythonInstall } from '../detection.ts';
import type { PythonContext, PythonWish } from './python-version.ts';

/** Where packages come from: one file, translated for the version of Python that it led to. */
export type PythonSource = {
  readonly file: string;
  readonly because: string;
  /** How the project at the top is installed beside it: with what it needs, by itself since a lock has that, or not. */
  readonly project: 'whole' | 'alone' | 'ignored';
  readonly wish?: PythonWish;
  readonly evidence?: readonly Evidence[];
  readonly read: (python: string) => PythonInstall;
};

/** Gives the source of its kind, or undefined when the repository has none. */
export type FindSource = (context: PythonContext) => PythonSource | undefined;
