import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Divides connections among servers of this machine in turn, as a load balancer does. */
export type RoundRobin = AsyncDisposable & { readonly url: string; readonly port: number };

const joinSockets = (client: Socket, port: number): void => {
  const server = connect(port, '127.0.0.1');
  client.pipe(server).pipe(client);
  client.once('close', () => server.destroy()).on('error', () => server.destroy());
  server.once('close', () => client.destroy()).on('error', () => client.destroy());
};

/** Listens on a free port; a server that does not answer gets its turn all the same, and the client its failure. */
export const startRoundRobin = async (ports: () => readonly number[]): Promise<RoundRobin> => {
  const clients = new Set<Socket>();
  let turn = 0;
  const server = createServer((client) => {
    clients.add(client);
    client.once('close', () => clients.delete(client));
    const all = ports();
    joinSockets(client, all[(turn += 1) % all.length] ?? 0);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const client of clients) client.destroy();
      await once(server, 'close');
    },
  };
};
