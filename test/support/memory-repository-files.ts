import type { RepositoryFiles } from '../../services/builder/detect/repository-files.ts';
import { createRepositoryFiles, type TreeEntry } from '../../services/builder/detect/repository-tree.ts';

/** A repository as a table: text or bytes of files, targets of links; directories follow from the paths. */
export type RepositoryTable = Readonly<Record<string, string | Uint8Array | { readonly link: string }>>;

const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

/** The files of a repository that exists only in a test. */
export const createMemoryRepositoryFiles = (table: RepositoryTable): RepositoryFiles => {
  const content = new Map(Object.entries(table));
  const read = (path: string): Uint8Array => {
    const found = content.get(path);
    return typeof found === 'string' || found instanceof Uint8Array ? bytesOf(found) : new Uint8Array();
  };
  const entry = (path: string): TreeEntry => {
    const found = content.get(path);
    if (found === undefined) return { kind: 'directory' };
    if (typeof found === 'string' || found instanceof Uint8Array) return { kind: 'file', size: read(path).length };
    return { kind: 'link', target: found.link };
  };
  const names = (directory: string): readonly string[] => {
    const start = directory === '' ? '' : `${directory}/`;
    const below = [...content.keys()].filter((path) => path.startsWith(start));
    return [...new Set(below.map((path) => path.slice(start.length).split('/')[0] ?? ''))];
  };
  return createRepositoryFiles({ names, entry, bytes: read });
};
