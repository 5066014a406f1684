import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { rolldown } from 'rolldown';
import { bundleDirectory, LIBRARY_ENTRIES } from './bundled-libraries.ts';
import { projectDirectory } from './project-directory.ts';

/** Makes the bundles that `useBundledLibraries` looks for. They appear all at once, so a start never finds half of them. */
export const bundleLibraries = async (directory: string): Promise<void> => {
  const input = Object.fromEntries([...LIBRARY_ENTRIES].map(([name, file]) => [file.replace('.mjs', ''), name]));
  const unfinished = `${directory}.${process.pid}`;
  await mkdir(dirname(directory), { recursive: true });
  try {
    await using bundle = await rolldown({ cwd: projectDirectory, input, platform: 'node' });
    await bundle.write({ dir: unfinished, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' });
    await rm(directory, { recursive: true, force: true });
    await rename(unfinished, directory);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
};

if (import.meta.main) await bundleLibraries(bundleDirectory());
