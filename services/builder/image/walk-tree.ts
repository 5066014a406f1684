import { lstat, readdir, readlink } from 'node:fs/promises';

/** Something in a tree that can be in an image. Paths are relative, with `/`. */
export type TreeEntry = { readonly path: string } & (
  | { readonly kind: 'directory' }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'file'; readonly source: Buffer; readonly isExecutable: boolean; readonly bytes: number }
);

/** What of a tree is left out. */
export type TreeFilter = {
  isExcluded(path: string): boolean;
  /** Whether something below an excluded directory may yet be wanted. */
  readonly hasExceptions: boolean;
};

const EVERYTHING: TreeFilter = { isExcluded: () => false, hasExceptions: false };

const EXECUTABLE = 0o111;

const readEntry = async (source: Buffer, path: string): Promise<TreeEntry | undefined> => {
  const stats = await lstat(source);
  if (stats.isDirectory()) return { path, kind: 'directory' };
  if (stats.isSymbolicLink()) return { path, kind: 'link', target: await readlink(source) };
  if (stats.isFile())
    return { path, kind: 'file', source, isExecutable: (stats.mode & EXECUTABLE) !== 0, bytes: stats.size };
  return undefined;
};

const walk = async function* (directory: Buffer, prefix: string, filter: TreeFilter): AsyncGenerator<TreeEntry> {
  const names = (await readdir(directory, 'buffer')).sort((a, b) => Buffer.compare(a, b));
  for (const name of names) {
    if (prefix === '' && name.equals(Buffer.from('.git'))) continue;
    const source = Buffer.concat([directory, Buffer.from('/'), name]);
    const entry = await readEntry(source, `${prefix}${name.toString()}`);
    if (entry === undefined) continue;
    const isExcluded = filter.isExcluded(entry.path);
    if (!isExcluded) yield entry;
    if (entry.kind === 'directory' && (!isExcluded || filter.hasExceptions))
      yield* walk(source, `${entry.path}/`, filter);
  }
};

/**
 * Everything below `directory` in an order that depends on names alone, parents first. Links are not followed;
 * sockets, pipes and devices are left out, and `.git` at the top. A name that is not UTF-8 is read by its bytes
 * and given with replacement characters. What `filter` excludes is left out.
 */
export const walkTree = (directory: string, filter: TreeFilter = EVERYTHING): AsyncGenerator<TreeEntry> =>
  walk(Buffer.from(directory), '', filter);
