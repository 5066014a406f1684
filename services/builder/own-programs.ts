import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StagedFile } from '../contracts/build-plan.ts';

/** Where programs of ours are, and the directory of the build context that they go to. */
export type ProgramPlace = { readonly from: string; readonly to: string };

/** Reads programs of ours that builds run, as files of their context. */
export const readPrograms = ({ from, to }: ProgramPlace, names: readonly string[]): readonly StagedFile[] =>
  names.map((name) => ({ path: `${to}/${name}`, text: readFileSync(join(from, name), 'utf8') }));
