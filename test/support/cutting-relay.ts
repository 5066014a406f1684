import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a local server that breaks the first connection once the client has the first bytes of the answer's body. */
export type CuttingRelay = AsyncDisposable & {
  readonly url: string;
  /** The head of each request, one for each connection. */
  readonly requests: readonly string[];
};

const cutAfterHead = (client: Socket, server: Socket): void => {
  let answer = '';
  server.on('data', (chunk) => {
    answer += String(chunk);
    client.write(chunk);
    const body = answer.split('\r\n\r\n')[1] ?? '';
    if (!body.includes('\n\n')) return;
    client.end();
    server.destroy();
  });
};

export const startCuttingRelay = async (port: number): Promise<CuttingRelay> => {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const relay = createServer((client) => {
    const server = connect(port, '127.0.0.1');
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    const isFirst = sockets.size === 2;
    client.once('data', (chunk) => requests.push(String(chunk)));
    client.pipe(server);
    if (isFirst) cutAfterHead(client, server);
    else server.pipe(client);
  }).listen(0, '127.0.0.1');
  await once(relay, 'listening');
  return {
    url: `http://127.0.0.1:${(relay.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      relay.close();
      await once(relay, 'close');
    },
  };
};
