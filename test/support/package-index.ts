import { execa } from 'execa';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
  readonly packages: readonly string[];
};

const MAKE_WHEEL = `
import sys, zipfile
path, name = sys.argv[1:]
info = f"{name}-1.0.dist-info"
with zipfile.ZipFile(path, "w") as wheel:
    wheel.writestr(f"{name}.py", "HERE = True\\n")
    wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n")
    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(f"{info}/RECORD", f"{name}.py,,\\n{info}/METADATA,,\\n{info}/WHEEL,,\\n{info}/RECORD,,\\n")
`;

const fileOf = (name: string): string => `${name}-1.0-py3-none-any.whl`;

const makeWheel = async (name: string): Promise<Buffer> => {
  const directory = await mkdtemp(join(tmpdir(), 'wheel-'));
  try {
    const path = join(directory, fileOf(name));
    await execa('python3', ['-c', MAKE_WHEEL, path, name]);
    return await readFile(path);
  } finally {
    await rm(directory, { recursive: true });
  }
};

/** Starts an index on an address of this machine, with the simple interface of PEP 503. */
export const startPackageIndex = async (options: PackageIndexOptions): Promise<PackageIndex> => {
  const { address, user, password, packages } = options;
  const pages = new Map<string, string | Buffer>();
  for (const name of packages) {
    pages.set(`/simple/${name}/`, `<a href="/files/${fileOf(name)}">${fileOf(name)}</a>`);
    pages.set(`/files/${fileOf(name)}`, await makeWheel(name));
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
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html' }).end(page);
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
