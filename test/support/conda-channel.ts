import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { startFileServer, type FileServer } from './file-server.ts';

/** A file of a package; PREFIX stands for where the package is installed. */
type CondaFile = string | { readonly script: string } | { readonly link: string };

/** A conda package: for this machine's Linux, or for any with `python`, whose files are below site-packages. */
export type CondaPackage = {
  readonly name: string;
  readonly version: string;
  readonly build?: string;
  readonly subdir?: string;
  /** When it was made, as its channel says: milliseconds since 1970. */
  readonly timestamp?: number;
  readonly depends?: readonly string[];
  readonly python?: { readonly entryPoints: readonly string[] };
  readonly files: Readonly<Record<string, CondaFile>>;
};

/** A package as a lock names it. */
export type ServedPackage = {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  readonly sha256: string;
  readonly md5: string;
};

/** A server that has the channels below its address. */
export type CondaChannels = FileServer & {
  /** The package of that name and version, the first where several channels have it. */
  find(name: string, version: string): ServedPackage;
};

/** What `{PREFIX}` becomes in a package; long, as conda-build makes it. */
const PLACEHOLDER = `/opt/build/${'placehold_'.repeat(20)}`;

const digest = (kind: 'sha256' | 'md5', bytes: string | Buffer): string => createHash(kind).update(bytes).digest('hex');
const sha256 = (bytes: string | Buffer): string => digest('sha256', bytes);

const textOf = (file: CondaFile): string => {
  if (typeof file === 'string') return file.replaceAll('{PREFIX}', PLACEHOLDER);
  return 'script' in file ? file.script.replaceAll('{PREFIX}', PLACEHOLDER) : '';
};

const describePath = ([path, file]: readonly [string, CondaFile]) => {
  const text = textOf(file);
  const isLink = typeof file !== 'string' && 'link' in file;
  return {
    _path: path,
    path_type: isLink ? 'softlink' : 'hardlink',
    sha256: sha256(text),
    size_in_bytes: Buffer.byteLength(text),
    ...(text.includes(PLACEHOLDER) ? { file_mode: 'text', prefix_placeholder: PLACEHOLDER } : {}),
  };
};

const fileName = ({ name, version, build = '0' }: CondaPackage): string => `${name}-${version}-${build}.tar.bz2`;

const subdirOf = ({ python, subdir = 'linux-64' }: CondaPackage): string => (python === undefined ? subdir : 'noarch');

const makeIndex = (one: CondaPackage) => ({
  name: one.name,
  version: one.version,
  build: one.build ?? '0',
  build_number: 0,
  depends: one.depends ?? [],
  subdir: subdirOf(one),
  ...(one.timestamp === undefined ? {} : { timestamp: one.timestamp }),
  ...(one.python === undefined ? {} : { noarch: 'python' }),
});

/** The package as conda-build would have made it: metadata below info/, and the files. */
const makeArchive = async (one: CondaPackage): Promise<Buffer> => {
  const tar = pack();
  const files = Object.entries(one.files);
  const add = (name: string, value: unknown) => tar.entry({ name, mode: 0o644 }, JSON.stringify(value));
  add('info/index.json', makeIndex(one));
  add('info/paths.json', { paths_version: 1, paths: files.map(describePath) });
  if (one.python !== undefined)
    add('info/link.json', {
      noarch: { type: 'python', entry_points: one.python.entryPoints },
      package_metadata_version: 1,
    });
  for (const [name, file] of files) {
    if (typeof file === 'object' && 'link' in file) tar.entry({ name, type: 'symlink', linkname: file.link });
    else tar.entry({ name, mode: typeof file === 'string' ? 0o644 : 0o755 }, textOf(file));
  }
  tar.finalize();
  const { stdout } = await execa('bzip2', ['-c'], { input: await buffer(tar), encoding: 'buffer' });
  return Buffer.from(stdout);
};

type Made = {
  readonly files: readonly [string, Buffer][];
  readonly served: readonly (Omit<ServedPackage, 'url'> & { readonly path: string })[];
};

const makeChannel = async (channel: string, packages: readonly CondaPackage[]): Promise<Made> => {
  const archives = await Promise.all(packages.map(async (one) => ({ one, bytes: await makeArchive(one) })));
  const subdirs = [...new Set(['noarch', 'linux-64', ...packages.map(subdirOf)])];
  const repodata = subdirs.map((subdir): [string, Buffer] => {
    const here = archives.filter(({ one }) => subdirOf(one) === subdir);
    const records = here.map(({ one, bytes }) => [
      fileName(one),
      { ...makeIndex(one), sha256: sha256(bytes), size: bytes.length },
    ]);
    const text = JSON.stringify({ info: { subdir }, packages: Object.fromEntries(records), 'packages.conda': {} });
    return [`/${channel}/${subdir}/repodata.json`, Buffer.from(text)];
  });
  const files = archives.map(({ one, bytes }): [string, Buffer] => [
    `/${channel}/${subdirOf(one)}/${fileName(one)}`,
    bytes,
  ]);
  const served = archives.map(({ one: { name, version }, bytes }, index) => ({
    name,
    version,
    path: files[index]?.[0] ?? '',
    sha256: sha256(bytes),
    md5: digest('md5', bytes),
  }));
  return { files: [...repodata, ...files], served };
};

/** Serves channels of packages on one address of this machine. */
export const startCondaChannels = async (
  address: string,
  channels: Readonly<Record<string, readonly CondaPackage[]>>,
): Promise<CondaChannels> => {
  const made = await Promise.all(Object.entries(channels).map(([name, packages]) => makeChannel(name, packages)));
  const files = new Map(made.flatMap(({ files }) => files));
  const served = made.flatMap((one) => one.served);
  const server = await startFileServer(address, files);
  return {
    ...server,
    find: (name, version) => {
      const found = served.find((one) => one.name === name && one.version === version);
      if (found === undefined) throw new Error(`no channel has ${name} ${version}`);
      return { ...found, url: `${server.url}${found.path}` };
    },
  };
};
