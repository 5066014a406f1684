import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { rolldown, type Plugin } from 'rolldown';
import { bundleDirectory, LIBRARY_ENTRIES, useBundledLibraries } from './bundled-libraries.ts';
import { projectDirectory } from './project-directory.ts';

/**
 * What dockerode would load for engines at the end of an SSH connection and for sessions of BuildKit, and Slipway has
 * neither: a tenth of the memory of an idle server.
 */
const NEVER_USED = ['ssh2', '@grpc/grpc-js', '@grpc/proto-loader'];
const EMPTY = '\0empty';

const leaveOut: Plugin = {
  name: 'leave-out',
  resolveId: (id) => (NEVER_USED.includes(id) ? EMPTY : null),
  load: (id) => (id === EMPTY ? 'export {};' : null),
};

/** Makes the bundles that `useBundledLibraries` looks for. They appear all at once, so a start never finds half of them. */
export const bundleLibraries = async (directory: string): Promise<void> => {
  const input = Object.fromEntries([...LIBRARY_ENTRIES].map(([name, file]) => [file.replace('.mjs', ''), name]));
  const unfinished = `${directory}.${process.pid}`;
  await mkdir(dirname(directory), { recursive: true });
  try {
    await using bundle = await rolldown({ cwd: projectDirectory, input, platform: 'node', plugins: [leaveOut] });
    await bundle.write({ dir: unfinished, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' });
    await rm(directory, { recursive: true, force: true });
    await rename(unfinished, directory);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
};

if (import.meta.main) {
  await bundleLibraries(bundleDirectory());
  // What the server consists of is compiled now: the compiler of TypeScript would stay in the memory of the first server.
  useBundledLibraries();
  await import('./up.ts');
}
