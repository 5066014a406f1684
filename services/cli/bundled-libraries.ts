import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectDirectory } from './project-directory.ts';

/** What a library of many small files is imported as, and the name of its bundle. */
export const LIBRARY_ENTRIES: ReadonlyMap<string, string> = new Map([
  ['typebox', 'typebox.mjs'],
  ['typebox/value', 'value.mjs'],
]);

/** Where the bundles of the installed version are; another version finds none there. */
export const bundleDirectory = (modules = join(projectDirectory, 'node_modules')): string => {
  const manifest: unknown = JSON.parse(readFileSync(join(modules, 'typebox', 'package.json'), 'utf8'));
  const { version } = manifest as { readonly version: string };
  return join(modules, '.cache', 'bundles', `typebox-${version}`);
};

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
