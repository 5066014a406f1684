import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack, type Header as TarHeader, type Pack } from 'tar-stream';
import { walkTree, type TreeEntry, type TreeFilter } from './walk-tree.ts';

/**
 * What goes into a tar: a text under a path, a whole directory under a prefix ('' or ending in a slash), or a directory
 * that may be there already (its path ends in a slash), so that its time and owner are known.
 */
export type TarPart =
  | { readonly kind: 'text'; readonly path: string; readonly text: string; readonly isExecutable?: boolean }
  | { readonly kind: 'directory'; readonly path: string; readonly owner: TarOwner }
  | {
      readonly kind: 'tree';
      readonly directory: string;
      readonly prefix: string;
      readonly filter?: TreeFilter | undefined;
    };

type Header = Partial<TarHeader> & Pick<TarHeader, 'name'>;

/** What all entries of a tar have in common. */
type Common = Pick<TarHeader, 'mtime' | 'uname' | 'gname'> & { readonly owner: TarOwner };

/** Who has the entries of a tar, and what is taken from the modes 0777 and 0666. */
export type TarOwner = { readonly uid: number; readonly gid: number; readonly umask: number };

/**
 * The user of a session owns the content of its repository. The group is root's and may write: whatever user a
 * container runs as, that is its group where nobody chose one.
 */
export const SESSION_OWNER: TarOwner = { uid: 1000, gid: 0, umask: 0o002 };

/** As `docker build` copies. */
export const ROOT_OWNER: TarOwner = { uid: 0, gid: 0, umask: 0o022 };

const addEntry = (tar: Pack, header: Header, text = ''): Promise<void> =>
  new Promise((resolve, reject) => {
    tar.entry(header, text, (error) => (error ? reject(error) : resolve()));
  });

const makeHeader = ({ owner, ...common }: Common, name: string, mode: number): Header => {
  const { uid, gid, umask } = owner;
  return { ...common, uid, gid, name, mode: mode & ~umask };
};

const fileMode = (isExecutable: boolean): number => (isExecutable ? 0o777 : 0o666);

/** Streams a file as it is on disk; it is not opened when it became a link meanwhile. */
const addFile = async (tar: Pack, header: Header, source: Buffer): Promise<void> => {
  await using file = await open(source, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const { size } = await file.stat();
  const sink = tar.entry({ ...header, size });
  await pipeline(file.createReadStream({ autoClose: false, ...(size === 0 ? {} : { end: size - 1 }) }), sink);
};

const addTreeEntry = async (
  tar: Pack,
  entry: TreeEntry,
  { name, common }: { readonly name: string; readonly common: Common },
): Promise<void> => {
  switch (entry.kind) {
    case 'directory':
      await addEntry(tar, { ...makeHeader(common, name, 0o777), type: 'directory' });
      break;
    case 'link':
      await addEntry(tar, { ...makeHeader(common, name, 0o777), mode: 0o777, type: 'symlink', linkname: entry.target });
      break;
    case 'file':
      await addFile(tar, { ...makeHeader(common, name, fileMode(entry.isExecutable)), type: 'file' }, entry.source);
      break;
  }
};

const addPart = async (tar: Pack, part: TarPart, common: Common): Promise<void> => {
  if (part.kind === 'text') {
    return addEntry(tar, makeHeader(common, part.path, fileMode(part.isExecutable ?? false)), part.text);
  }
  if (part.kind === 'directory') {
    return addEntry(tar, { ...makeHeader({ ...common, owner: part.owner }, part.path, 0o777), type: 'directory' });
  }
  const top = part.prefix === '' ? './' : part.prefix;
  await addEntry(tar, { ...makeHeader(common, top, 0o777), type: 'directory' });
  for await (const entry of walkTree(part.directory, part.filter))
    await addTreeEntry(tar, entry, { name: part.prefix + entry.path, common });
};

const addParts = async (tar: Pack, parts: readonly TarPart[], common: Common): Promise<void> => {
  try {
    for (const part of parts) await addPart(tar, part, common);
    tar.finalize();
  } catch (error) {
    tar.destroy(error instanceof Error ? error : new Error(String(error)));
  }
};

/**
 * A tar stream of `parts` that depends on nothing but their names, bytes and executable bits, on `mtime` (seconds
 * since 1970) and on `owner`, with its modes. Reads files as fast as it is read itself.
 */
export const createContentTar = (parts: readonly TarPart[], mtime: number, owner = SESSION_OWNER): Readable => {
  const tar = pack();
  void addParts(tar, parts, { mtime: new Date(mtime * 1000), owner, uname: '', gname: '' });
  return Readable.from(tar, { objectMode: false });
};
