import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { RepositoryFiles } from './repository-files.ts';
import { createRepositoryFiles, type TreeEntry } from './repository-tree.ts';

const readEntry = (path: string): TreeEntry => {
  const status = lstatSync(path, { throwIfNoEntry: false });
  // A name that is not UTF-8 cannot be asked for in text; no configuration file has one.
  if (status === undefined) return { kind: 'other' };
  if (status.isSymbolicLink()) return { kind: 'link', target: readlinkSync(path) };
  if (status.isDirectory()) return { kind: 'directory' };
  return status.isFile() ? { kind: 'file', size: status.size } : { kind: 'other' };
};

/** The files of a checkout on disk; its directories are listed once, since a commit does not change. */
export const createDirectoryRepositoryFiles = (root: string): RepositoryFiles => {
  const listings = new Map<string, readonly string[]>();
  return createRepositoryFiles({
    names: (directory) => {
      const names = listings.get(directory) ?? readdirSync(join(root, directory));
      listings.set(directory, names);
      return names;
    },
    entry: (path) => readEntry(join(root, path)),
    bytes: (path) => readFileSync(join(root, path)),
  });
};
