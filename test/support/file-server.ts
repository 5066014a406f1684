import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type FileServer = AsyncDisposable & {
  /** `http://<address>:<port>` */
  readonly url: string;
  /** Paths that were asked for, in order. */
  readonly requests: readonly string[];
};

/**
 * Serves files, by their paths, on one address of this machine. Builds reach the gateway of their network, not the
 * loopback of the host.
 */
export const startFileServer = async (
  address: string,
  files: ReadonlyMap<string, string | Buffer>,
): Promise<FileServer> => {
  const requests: string[] = [];
  const server = createServer(({ url = '/' }, response) => {
    const path = decodeURIComponent(url);
    requests.push(path);
    const file = files.get(path);
    response.writeHead(file === undefined ? 404 : 200).end(file);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, address, resolve));
  return {
    url: `http://${address}:${(server.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
