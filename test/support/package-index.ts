import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeWheel, type PythonFile } from './python-files.ts';

/** A Python package index that answers nobody without its password. */
export type PackageIndex = AsyncDisposable & {
  /** With the credentials. */
  readonly url: string;
  readonly host: string;
  /** Paths that were answered. */
  readonly answered: readonly string[];
};

export type PackageIndexOptions = {
  readonly address: string;
  readonly user: string;
  readonly password: string;
  /** Names of packages, which have one version, 1.0, and one module of that name. */
  readonly packages?: readonly string[];
  readonly files?: readonly PythonFile[];
};

const makeModule = (name: string): Promise<PythonFile> =>
  makeWheel({ name, files: { [`${name}.py`]: 'HERE = True\n' } });

/** Starts an index on an address of this machine, with the simple interface of PEP 503. */
export const startPackageIndex = async (options: PackageIndexOptions): Promise<PackageIndex> => {
  const { address, user, password, packages = [], files = [] } = options;
  const pages = new Map<string, string | Buffer>();
  for (const { name, file, content } of [...(await Promise.all(packages.map(makeModule))), ...files]) {
    const page = `/simple/${name}/`;
    pages.set(page, `${pages.get(page)?.toString() ?? ''}<a href="/files/${file}">${file}</a>`);
    pages.set(`/files/${file}`, content);
  }
  const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const answered: string[] = [];
  const server = createServer(({ url = '', headers }, response) => {
    if (headers.authorization !== wanted) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="index"' }).end();
      return;
    }
    const page = pages.get(url);
    if (page !== undefined) answered.push(url);
    const lasting = url.startsWith('/files/') ? { 'cache-control': 'max-age=31536000, immutable' } : {};
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html', ...lasting }).end(page);
  });
  await new Promise<void>((resolve) => void server.listen(0, address, resolve));
  const host = `${address}:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${user}:${password}@${host}/simple`,
    host,
    answered,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
