import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { RepositoryFiles } from './repository-files.ts';

/** One entry of a directory as it is, links not followed. */
export type TreeEntry =
  | { readonly kind: 'file'; readonly size: number }
  | { readonly kind: 'directory' | 'other' }
  | { readonly kind: 'link'; readonly target: string };

/** What a place that holds a repository must offer; `path` is one that `names` has led to. */
export interface RepositoryTree {
  names(directory: string): readonly string[];
  entry(path: string): TreeEntry;
  bytes(path: string): Uint8Array;
}

type Resolved = { readonly path: string; readonly entry: Exclude<TreeEntry, { kind: 'link' }> };

const MAX_LINKS = 40;
const MIB = 1024 * 1024;

/**
 * Walks `path` name by name, as a kernel would whose root is the repository: a link may lead anywhere inside, and
 * nothing outside can be reached. Gives undefined for what does not exist, leaves the repository or goes in circles.
 */
const resolve = (tree: RepositoryTree, path: string): Resolved | undefined => {
  const waiting = path.split('/');
  const walked: string[] = [];
  let entry: TreeEntry = { kind: 'directory' };
  for (let links = 0; waiting.length > 0;) {
    const name = waiting.shift() ?? '';
    if (name === '' || name === '.') continue;
    if (entry.kind !== 'directory') return undefined;
    if (name === '..') {
      if (walked.pop() === undefined) return undefined;
      continue;
    }
    if (!tree.names(walked.join('/')).includes(name)) return undefined;
    const next = tree.entry([...walked, name].join('/'));
    if (next.kind === 'link') {
      links += 1;
      if (links > MAX_LINKS || next.target.startsWith('/')) return undefined;
      waiting.unshift(...next.target.split('/'));
      continue;
    }
    walked.push(name);
    entry = next;
  }
  return { path: walked.join('/'), entry };
};

const readBytes = (tree: RepositoryTree, path: string, maxBytes: number): Uint8Array => {
  const found = resolve(tree, path);
  if (found?.entry.kind !== 'file')
    throw new SlipwayError('DETECT_FILE_UNREADABLE', { message: `${path} is not a file inside of the repository.` });
  if (found.entry.size > maxBytes)
    throw new SlipwayError('DETECT_FILE_UNREADABLE', {
      message: `${path} is larger than ${maxBytes / MIB} MiB, the most that such a file may have.`,
      hint: 'Keep data out of configuration files.',
    });
  return tree.bytes(found.path);
};

/** Makes the view that detection reads from any tree: exact names, links resolved inside only, small files only. */
export const createRepositoryFiles = (tree: RepositoryTree): RepositoryFiles => ({
  kindOf: (path) => {
    const kind = resolve(tree, path)?.entry.kind;
    return kind === 'other' ? undefined : kind;
  },
  list: (directory) => {
    const found = resolve(tree, directory);
    return found?.entry.kind === 'directory' ? tree.names(found.path).toSorted() : [];
  },
  read: (path, maxBytes = MIB) => readBytes(tree, path, maxBytes),
});
