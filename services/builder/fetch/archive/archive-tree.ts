import { posix } from 'node:path';
import { SlipwayError } from '../../../contracts/slipway-error.ts';

/** One entry of an archive as it says itself, before anybody trusted it. */
export type ArchiveEntry = { readonly name: string; readonly type: string; readonly linkname?: string | undefined };

/** What an entry makes on disk; paths are relative to the root, with `/`. Undefined for what is left out. */
export type ArchiveStep =
  | { readonly kind: 'directory' | 'file'; readonly path: string }
  | { readonly kind: 'link' | 'hard-link'; readonly path: string; readonly target: string };

export type ArchiveTree = {
  /** Checks the next entry and says what to do for it. Throws FETCH_ARCHIVE_INVALID. */
  add(entry: ArchiveEntry): ArchiveStep | undefined;
};

const MAX_DEPTH = 64;
const MAX_NAME_BYTES = 255;

const refuse = (name: string, why: string): SlipwayError =>
  new SlipwayError('FETCH_ARCHIVE_INVALID', {
    message: `The archive has an entry ${JSON.stringify(name.slice(0, 200))} that ${why}.`,
  });

const hasControl = (name: string): boolean => name.includes('\0') || name.includes('\\');

/** The path that a name stands for; '' is the root itself. */
const parsePath = (name: string): string => {
  if (hasControl(name)) throw refuse(name, 'has a NUL or a backslash in its name');
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) throw refuse(name, 'has an absolute name');
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw refuse(name, 'leads out of the archive');
  if (parts.length > MAX_DEPTH) throw refuse(name, `is more than ${MAX_DEPTH} directories deep`);
  if (parts.some((part) => Buffer.byteLength(part) > MAX_NAME_BYTES)) throw refuse(name, 'has a name that is too long');
  return parts.join('/');
};

/** Where a symbolic link leads, read as text; links are never followed here, nor later on this machine. */
const checkTarget = (name: string, path: string, target: string): string => {
  const found = posix.join(posix.dirname(path), target);
  const leaves = target.startsWith('/') || found === '..' || found.startsWith('../');
  if (target === '' || hasControl(target) || leaves) throw refuse(name, 'is a link that leads out of the archive');
  return target;
};

const ancestorsOf = (path: string): readonly string[] => {
  const parts = path.split('/');
  return parts.slice(0, -1).map((_part, index) => parts.slice(0, index + 1).join('/'));
};

/**
 * Makes the rules by which an archive becomes a tree: nothing leaves the root, nothing is written through a link,
 * no name comes twice, nothing but directories, files and links; macOS's __MACOSX is left out.
 */
export const createArchiveTree = (maxEntries: number): ArchiveTree => {
  const kinds = new Map<string, ArchiveStep['kind']>();
  let entries = 0;

  const claim = (name: string, step: ArchiveStep): ArchiveStep => {
    for (const ancestor of ancestorsOf(step.path)) {
      if ((kinds.get(ancestor) ?? 'directory') !== 'directory') throw refuse(name, 'lies below a file or a link');
      kinds.set(ancestor, 'directory');
    }
    const earlier = kinds.get(step.path);
    const isRepeated = earlier !== undefined && (earlier !== 'directory' || step.kind !== 'directory');
    if (isRepeated) throw refuse(name, 'comes twice');
    kinds.set(step.path, step.kind);
    return step;
  };

  const makeStep = ({ name, type, linkname = '' }: ArchiveEntry, path: string): ArchiveStep => {
    switch (type) {
      case 'directory':
      case 'file':
        return { kind: type, path };
      case 'symlink':
        return { kind: 'link', path, target: checkTarget(name, path, linkname) };
      case 'link': {
        const target = parsePath(linkname);
        if (kinds.get(target) !== 'file') throw refuse(name, 'is a link to something that is no file before it');
        return { kind: 'hard-link', path, target };
      }
      default:
        throw refuse(name, `is a ${type}, not a file`);
    }
  };

  return {
    add: (entry) => {
      entries += 1;
      if (entries > maxEntries)
        throw new SlipwayError('FETCH_TOO_LARGE', { message: `The archive has more than ${maxEntries} entries.` });
      const path = parsePath(entry.name);
      if (path.split('/').includes('__MACOSX')) return undefined;
      if (path !== '') return claim(entry.name, makeStep(entry, path));
      if (entry.type === 'directory') return undefined;
      throw refuse(entry.name, 'has no name');
    },
  };
};
