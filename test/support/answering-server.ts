import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a server answers; 'reset' breaks the connection instead, 'silence' leaves it open. */
export type Answer =
  | 'reset'
  | 'silence'
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
    };

export type AskedRequest = { readonly method: string; readonly path: string; readonly headers: IncomingHttpHeaders };

export type AnsweringServer = AsyncDisposable & { readonly origin: string; readonly asked: readonly AskedRequest[] };

/** A server on a free port of 127.0.0.1 that answers each request as it is told to, and remembers it. */
export const startAnsweringServer = async (
  answer: (request: AskedRequest, count: number) => Answer,
): Promise<AnsweringServer> => {
  const asked: AskedRequest[] = [];
  const server = createServer((request, response) => {
    const { method = '', url: path = '', headers } = request;
    const one = { method, path, headers };
    asked.push(one);
    const given = answer(one, asked.length);
    if (given === 'reset') request.socket.destroy();
    else if (given !== 'silence') response.writeHead(given.status, given.headers).end(given.body);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
