import { posix } from 'node:path';
import { findCondaLock } from './conda-lock-yml.ts';
import type { CondaContext, CondaFound, FindConda } from './conda-source.ts';
import { findEnvironmentYml } from './environment-yml.ts';
import { findExplicitLock } from './explicit-lock.ts';
import { findPixiLock } from './pixi-lock.ts';
import { findPixiToml } from './pixi-toml.ts';

const firstFound = (context: CondaContext, finders: readonly FindConda[]): CondaFound | undefined => {
  for (const find of finders) {
    const found = find(context);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** A lock of conda's tools before the environment.yml that it locks. Throws DETECT_ errors with file and line. */
export const readConda: FindConda = (context) =>
  firstFound(context, [findCondaLock, findExplicitLock, findEnvironmentYml]);

/** Files that Binder has always installed from, so that a repository which has them opens as it did. */
const BEFORE_PIXI = ['Pipfile.lock', 'Pipfile', 'requirements.txt'];

/** pixi's lock before the manifest that it locks, where no older file says what to install. */
export const readPixi: FindConda = (context) => {
  const { files, directory } = context;
  const names = files.list(directory);
  if (BEFORE_PIXI.some((name) => names.includes(name) && files.kindOf(posix.join(directory, name)) === 'file'))
    return undefined;
  return firstFound(context, [findPixiLock, findPixiToml]);
};
