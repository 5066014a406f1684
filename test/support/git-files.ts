import type { Dirent } from 'node:fs';
import { chmod, mkdir, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A file of a test repository: its content, content with a mode, a symbolic link, or a submodule at a commit. */
export type GitFile =
  | string
  | Uint8Array
  | { readonly text: string | Uint8Array; readonly mode: number }
  | { readonly link: string }
  | { readonly submodule: string };
export type GitFiles = Readonly<Record<string, GitFile>>;

/** Writes files below a directory; a submodule has none. */
export const writeFiles = async (directory: string, files: GitFiles): Promise<void> => {
  for (const [path, file] of Object.entries(files)) {
    const target = join(directory, path);
    await mkdir(dirname(target), { recursive: true });
    await rm(target, { force: true });
    if (typeof file === 'string' || file instanceof Uint8Array) await writeFile(target, file);
    else if ('link' in file) await symlink(file.link, target);
    else if ('text' in file) {
      await writeFile(target, file.text);
      await chmod(target, file.mode);
    }
  }
};

const readEntry = async (place: string, entry: Dirent): Promise<GitFile> =>
  entry.isSymbolicLink()
    ? { link: await readlink(place) }
    : { text: await readFile(place), mode: (await stat(place)).mode };

/** Reads a directory as the files of a repository, without `.git` and empty directories as git does. */
export const readFiles = async (directory: string): Promise<GitFiles> => {
  const files: Record<string, GitFile> = {};
  // Not `recursive`, which would go into directories that a link leads to.
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const place = join(directory, entry.name);
    if (entry.name === '.git') continue;
    if (!entry.isDirectory()) files[entry.name] = await readEntry(place, entry);
    else for (const [path, file] of Object.entries(await readFiles(place))) files[`${entry.name}/${path}`] = file;
  }
  return files;
};
