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
  | { readonly kind: 'directory'; readonly path: string; readonly owner: number }
  | {
      readonly kind: 'tree';
      readonly directory: string;
      readonly prefix: string;
      readonly filter?: TreeFilter | undefined;
    };

type Header = Partial<TarHeader> & Pick<TarHeader, 'name'>;

/** What all entries of a tar have in common. */
type Common = Pick<TarHeader, 'mtime' | 'uid' | 'gid' | 'uname' | 'gname'>;

/** The user of a session, who owns the content of its repository. */
export const SESSION_USER = 1000;

const addEntry = (tar: Pack, header: Header, text = ''): Promise<void> =>
  new Promise((resolve, reject) => {
    tar.entry(header, text, (error) => (error ? reject(error) : resolve()));
  });

const fileMode = (isExecutable: boolean): number => (isExecutable ? 0o755 : 0o644);

/** Streams a file as it is on disk; it is not opened when it became a link meanwhile. */
const addFile = async (tar: Pack, header: Header, source: Buffer): Promise<void> => {
  await using file = await open(source, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const { size } = await file.stat();
  const sink = tar.entry({ ...header, size });
  await pipeline(file.createReadStream({ autoClose: false, ...(size === 0 ? {} : { end: size - 1 }) }), sink);
};

const addTreeEntry = async (tar: Pack, entry: TreeEntry, base: Header): Promise<void> => {
  switch (entry.kind) {
    case 'directory':
      await addEntry(tar, { ...base, type: 'directory', mode: 0o755 });
      break;
    case 'link':
      await addEntry(tar, { ...base, type: 'symlink', mode: 0o777, linkname: entry.target });
      break;
    case 'file':
      await addFile(tar, { ...base, type: 'file', mode: fileMode(entry.isExecutable) }, entry.source);
      break;
  }
};

const addPart = async (tar: Pack, part: TarPart, common: Common): Promise<void> => {
  if (part.kind === 'text') {
    const header = { ...common, name: part.path, mode: fileMode(part.isExecutable ?? false) };
    return addEntry(tar, header, part.text);
  }
  if (part.kind === 'directory') {
    const { path: name, owner } = part;
    return addEntry(tar, { ...common, name, type: 'directory', mode: 0o755, uid: owner, gid: owner });
  }
  const top = part.prefix === '' ? './' : part.prefix;
  await addEntry(tar, { ...common, name: top, type: 'directory', mode: 0o755 });
  for await (const entry of walkTree(part.directory, part.filter))
    await addTreeEntry(tar, entry, { ...common, name: part.prefix + entry.path });
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
 * since 1970) and on `owner` (user and group): modes are 0755 and 0644. Reads files as fast as it is read itself.
 */
export const createContentTar = (parts: readonly TarPart[], mtime: number, owner = SESSION_USER): Readable => {
  const tar = pack();
  void addParts(tar, parts, { mtime: new Date(mtime * 1000), uid: owner, gid: owner, uname: '', gname: '' });
  return Readable.from(tar, { objectMode: false });
};
