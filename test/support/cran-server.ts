import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { createContentTar } from '../../services/builder/image/content-tar.ts';
import { startFileServer, type FileServer } from './file-server.ts';

/** A source package of R with one function. */
export type CranPackage = {
  readonly name: string;
  readonly version: string;
  readonly imports?: string;
  /** The text of its R code. */
  readonly code: string;
};

const describePackage = ({ name, version, imports }: CranPackage): string =>
  [`Package: ${name}`, `Version: ${version}`, ...(imports === undefined ? [] : [`Imports: ${imports}`])].join('\n');

const makeArchive = async (one: CranPackage): Promise<Buffer> => {
  const about = 'Title: T\nDescription: D.\nLicense: MIT\nAuthor: A\nMaintainer: A <a@example.org>\n';
  const files = {
    DESCRIPTION: `${describePackage(one)}\n${about}`,
    NAMESPACE: `exportPattern("^[a-z]")\n`,
    'R/code.R': `${one.code}\n`,
  };
  const parts = Object.entries(files).map(
    ([path, text]) => ({ kind: 'text', path: `${one.name}/${path}`, text }) as const,
  );
  return gzipSync(await buffer(createContentTar(parts, 0)));
};

const makeSnapshot = async (day: string, packages: readonly CranPackage[]): Promise<readonly [string, Buffer][]> => {
  const index = Buffer.from(packages.map((one) => `${describePackage(one)}\n`).join('\n'));
  const archives = packages.map(async (one): Promise<[string, Buffer]> => [
    `/${day}/src/contrib/${one.name}_${one.version}.tar.gz`,
    await makeArchive(one),
  ]);
  return [
    [`/${day}/src/contrib/PACKAGES`, index],
    [`/${day}/src/contrib/PACKAGES.gz`, gzipSync(index)],
    ...(await Promise.all(archives)),
  ];
};

/** Serves a repository of R packages, a snapshot a day, on one address of this machine. */
export const startCranServer = async (
  address: string,
  snapshots: Readonly<Record<string, readonly CranPackage[]>>,
): Promise<FileServer> => {
  const made = await Promise.all(Object.entries(snapshots).map(([day, packages]) => makeSnapshot(day, packages)));
  return startFileServer(address, new Map(made.flat()));
};
