import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RECIPE } from '../../contracts/recipe.ts';
import type { TarPart } from '../image/content-tar.ts';
import { makeRecordFiles } from '../record/record-files.ts';
import { suiteOf } from './python-versions.ts';
import { COPIED_FILES, renderBaseDockerfile, SYSTEM_PACKAGES, type BaseDockerfileInput } from './render-base.ts';

/** What a base is, whatever it is made with. */
export type BaseIdentity = {
  /** x.y or x.y.z */
  readonly python: string;
  /** Whether it is the Python of the system below; otherwise uv installs a build. */
  readonly hasSystemPython: boolean;
  /** `bootstrap`, or the digest of the image to build on. */
  readonly origin: string;
  /** Operating system and architecture of the engine, such as linux/amd64. */
  readonly platform: string;
};

/** The files that a base is made of, and the key that names exactly them. */
export type BaseRecipe = { readonly key: string; readonly files: readonly TarPart[] };

const KEY_LENGTH = 12;

const readOwn = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');

const makeFiles = (python: string): TarPart[] => [
  ...COPIED_FILES.map((path) => ({ kind: 'text', path, text: readOwn(path) }) as const),
  { kind: 'text', path: 'slipway-entrypoint', text: readOwn('slipway-entrypoint'), isExecutable: true },
  ...makeRecordFiles({ subject: { name: 'slipway base', version: python } }).map(
    (file) => ({ kind: 'text', ...file }) as const,
  ),
];

/** What goes into a base. Mirrors, indexes and certificates are where things come from, not what they are. */
export const makeBaseRecipe = ({ python, hasSystemPython, origin, platform }: BaseIdentity): BaseRecipe => {
  const files = makeFiles(python);
  const neutral: BaseDockerfileInput = {
    from: origin,
    hasPackages: origin === 'bootstrap',
    python,
    hasSystemPython,
    caBundle: false,
    index: false,
    pythonMirror: '',
    pythonDownloads: '',
  };
  const inputs = [RECIPE, origin, platform, suiteOf(python), SYSTEM_PACKAGES, renderBaseDockerfile(neutral), files];
  const key = createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, KEY_LENGTH);
  return { key, files };
};

/** `<prefix>base:<python>-<key>` */
export const makeBaseImageName = (prefix: string, python: string, { key }: BaseRecipe): string =>
  `${prefix}base:${python}-${key}`;
