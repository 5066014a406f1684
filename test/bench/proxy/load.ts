import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { BODY, MESSAGE, renderFrame, renderGet, renderHandshake, type Endpoint } from './traffic.ts';

/** Seconds of each exchange, sorted, and of all together. */
export type Load = { readonly latencies: Float64Array; readonly seconds: number };

const HEAD_END = '\r\n\r\n';
const OK = Buffer.from('HTTP/1.1 200 ');

const open = async ({ port }: Endpoint): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  await once(socket, 'connect');
  return socket;
};

/** Reads one whole answer from the start of what arrived; undefined while there is more to come. */
const readAnswer = (received: Buffer): true | undefined => {
  const head = received.indexOf(HEAD_END);
  if (head === -1 || received.length < head + HEAD_END.length + BODY.length) return undefined;
  if (!received.subarray(0, OK.length).equals(OK)) throw new Error(`not 200: ${received.toString('latin1')}`);
  return true;
};

type Turns = { left: number; readonly latencies: number[] };

/** Asks on one connection, again as soon as it was answered, until there are no turns left. */
const askInTurn = (socket: Socket, request: Buffer, turns: Turns): Promise<void> =>
  new Promise((resolve, reject) => {
    let received: Buffer | undefined;
    let sentAt = 0;
    const ask = (): void => {
      if (turns.left <= 0) return resolve();
      turns.left -= 1;
      sentAt = performance.now();
      socket.write(request);
    };
    socket.on('data', (chunk: Buffer) => {
      received = received === undefined ? chunk : Buffer.concat([received, chunk]);
      try {
        if (readAnswer(received) === undefined) return;
      } catch (error) {
        return reject(error);
      }
      received = undefined;
      turns.latencies.push((performance.now() - sentAt) / 1000);
      ask();
    });
    socket.once('close', () => reject(new Error('the connection was closed under the load')));
    ask();
  });

export type LoadSize = { readonly connections: number; readonly requests: number };

/** Sends so many requests over so many connections, each of which waits for its answer before it asks again. */
export const loadRequests = async (endpoint: Endpoint, { connections, requests }: LoadSize): Promise<Load> => {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(endpoint)));
  const turns: Turns = { left: requests, latencies: [] };
  const start = performance.now();
  await Promise.all(sockets.map((socket) => askInTurn(socket, renderGet(endpoint), turns)));
  const seconds = (performance.now() - start) / 1000;
  for (const socket of sockets) socket.removeAllListeners('close').destroy();
  return { latencies: Float64Array.from(turns.latencies).toSorted(), seconds };
};

const echoOnce = (socket: Socket, frame: Buffer, length: number): Promise<void> =>
  new Promise((resolve) => {
    let left = length;
    const onData = (chunk: Buffer): void => {
      left -= chunk.length;
      if (left > 0) return;
      socket.off('data', onData);
      resolve();
    };
    socket.on('data', onData);
    socket.write(frame);
  });

/** Sends so many messages over one WebSocket, each when the one before came back. */
export const loadEchoes = async (endpoint: Endpoint, messages: number): Promise<Load> => {
  const socket = await open(endpoint);
  socket.write(renderHandshake(endpoint));
  const [head] = (await once(socket, 'data')) as [Buffer];
  if (!head.toString('latin1').startsWith('HTTP/1.1 101 ')) throw new Error(`no WebSocket: ${head.toString('latin1')}`);
  const frame = renderFrame(MESSAGE, { isMasked: true });
  const latencies = new Float64Array(messages);
  const start = performance.now();
  for (let turn = 0; turn < messages; turn += 1) {
    const sentAt = performance.now();
    await echoOnce(socket, frame, renderFrame(MESSAGE, { isMasked: false }).length);
    latencies[turn] = (performance.now() - sentAt) / 1000;
  }
  const seconds = (performance.now() - start) / 1000;
  socket.destroy();
  return { latencies: latencies.toSorted(), seconds };
};

/** The value that such a part of the sorted values is at or below. */
export const percentile = (sorted: Float64Array, part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
