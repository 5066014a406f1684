import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectDirectory } from './project-directory.ts';

/** What a library of many files is imported as, and the name of its bundle. */
export const LIBRARY_ENTRIES: ReadonlyMap<string, string> = new Map([
  ['typebox', 'typebox.mjs'],
  ['typebox/value', 'value.mjs'],
  ['dockerode', 'dockerode.mjs'],
  ['execa', 'execa.mjs'],
]);

const LIBRARIES = ['typebox', 'dockerode', 'execa'];

const readVersion = (modules: string, library: string): string => {
  const manifest: unknown = JSON.parse(readFileSync(join(modules, library, 'package.json'), 'utf8'));
  return `${library}-${(manifest as { readonly version: string }).version}`;
};

/** Where the bundles of the installed versions are; other versions find none there. */
export const bundleDirectory = (modules = join(projectDirectory, 'node_modules')): string =>
  join(modules, '.cache', 'bundles', LIBRARIES.map((library) => readVersion(modules, library)).join('+'));

/**
 * Has imports of a library take its bundle, where `./slipway` made one: TypeBox is 700 files, and finding and linking
 * them was two thirds of what a short command computes. Without a bundle the library is loaded as it was installed.
 */
export const useBundledLibraries = (directory = bundleDirectory()): void => {
  if (!existsSync(directory)) return;
  const bundles = new Map(
    [...LIBRARY_ENTRIES].map(([name, file]) => [name, pathToFileURL(join(directory, file)).href]),
  );
  registerHooks({
    resolve: (specifier, context, next) => {
      const url = bundles.get(specifier);
      return url === undefined ? next(specifier, context) : { url, format: 'module', shortCircuit: true };
    },
  });
};
