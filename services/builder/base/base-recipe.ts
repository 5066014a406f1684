import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RECIPE } from '../../contracts/recipe.ts';
import type { TarPart } from '../image/content-tar.ts';
import { makeRecordFiles } from '../record/record-files.ts';
import { PYTHON_SUITES, type BasePython } from './python-suites.ts';
import { renderBaseDockerfile, SYSTEM_PACKAGES, type BaseDockerfileInput } from './render-base.ts';

/** The files that a base is made of, and the key that names exactly them. */
export type BaseRecipe = { readonly key: string; readonly files: readonly TarPart[] };

const KEY_LENGTH = 12;

const readOwn = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');

const makeFiles = (python: BasePython): TarPart[] => [
  { kind: 'text', path: 'base-requirements.txt', text: readOwn(`requirements-${python}.txt`) },
  { kind: 'text', path: 'jupyterlab-overrides.json', text: readOwn('jupyterlab-overrides.json') },
  { kind: 'text', path: 'slipway-entrypoint', text: readOwn('slipway-entrypoint'), isExecutable: true },
  ...makeRecordFiles({ subject: { name: 'slipway base', version: python } }).map(
    (file) => ({ kind: 'text', ...file }) as const,
  ),
];

/**
 * What goes into the base of a Python version. `origin` is `bootstrap` or the digest of the image to build on;
 * mirrors, indexes and certificates are where things come from, not what they are, and so not in the key.
 */
export const makeBaseRecipe = (python: BasePython, origin: string): BaseRecipe => {
  const files = makeFiles(python);
  const hasPackages = origin === 'bootstrap';
  const neutral: BaseDockerfileInput = { from: origin, hasPackages, python, caBundle: false, indexUrl: '' };
  const inputs = [RECIPE, origin, PYTHON_SUITES[python], SYSTEM_PACKAGES, renderBaseDockerfile(neutral), files];
  const key = createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, KEY_LENGTH);
  return { key, files };
};

/** `<prefix>base:<python>-<key>` */
export const makeBaseImageName = (prefix: string, python: BasePython, { key }: BaseRecipe): string =>
  `${prefix}base:${python}-${key}`;
