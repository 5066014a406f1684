import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';

type TreeItem = { readonly name: Buffer; readonly mode: string; readonly hash: Buffer };

const hashObject = (type: 'blob' | 'tree', content: Buffer): Buffer =>
  createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest();

const makeItem = async (name: Buffer, path: Buffer): Promise<TreeItem> => {
  const stats = await lstat(path);
  if (stats.isDirectory()) return { name, mode: '40000', hash: await hashDirectory(path) };
  if (stats.isSymbolicLink())
    return { name, mode: '120000', hash: hashObject('blob', await readlink(path, { encoding: 'buffer' })) };
  const mode = (stats.mode & 0o111) === 0 ? '100644' : '100755';
  return { name, mode, hash: hashObject('blob', await readFile(path)) };
};

/** Git sorts a directory as if its name ended in a slash. */
const sortKey = ({ name, mode }: TreeItem): Buffer =>
  mode === '40000' ? Buffer.concat([name, Buffer.from('/')]) : name;

const hashDirectory = async (directory: Buffer): Promise<Buffer> => {
  const items: TreeItem[] = [];
  for (const name of await readdir(directory, 'buffer'))
    items.push(await makeItem(name, Buffer.concat([directory, Buffer.from('/'), name])));
  const sorted = items.sort((a, b) => Buffer.compare(sortKey(a), sortKey(b)));
  const entries = sorted.flatMap(({ name, mode, hash }) => [Buffer.from(`${mode} `), name, Buffer.from([0]), hash]);
  return hashObject('tree', Buffer.concat(entries));
};

/** The id that Git gives to the tree of a directory, 40 hex digits; unlike in Git, empty directories count. */
export const hashTree = async (directory: string): Promise<string> =>
  (await hashDirectory(Buffer.from(directory))).toString('hex');
