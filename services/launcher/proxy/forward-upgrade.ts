import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { createFrameScanner } from './frame-scanner.ts';
import { STALLED_MS, type Forwarding } from './forwarding.ts';
import { makeResponseHeaders } from './proxied-headers.ts';
import { spliceSockets } from './splice-sockets.ts';

type Upgrade = { readonly request: IncomingMessage; readonly socket: Socket; readonly head: Buffer };

const renderHead = (answer: IncomingMessage, headers: readonly string[]): Buffer => {
  const lines = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`];
  for (let index = 0; index + 1 < headers.length; index += 2) lines.push(`${headers[index]}: ${headers[index + 1]}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
};

const watchConnecting = (upstream: ClientRequest, onStalled: () => void): void => {
  const timer = setTimeout(onStalled, STALLED_MS);
  const stop = (): void => clearTimeout(timer);
  upstream.once('socket', (socket) => socket.once('connect', stop));
  upstream.once('close', stop);
};

/** The session does not want a WebSocket there: its answer is passed on, and the connection ends with it. */
const passRefusal = (answer: IncomingMessage, socket: Socket, basePath: string): void => {
  const headers = [...makeResponseHeaders(answer.rawHeaders, basePath), 'Connection', 'close'];
  socket.write(renderHead(answer, headers));
  answer.once('close', () => {
    if (!answer.complete) socket.destroy();
  });
  answer.pipe(socket);
};

const passUpgrade = (
  answer: IncomingMessage,
  { client, session }: { client: Upgrade; session: Socket & { readonly head: Buffer } },
  { basePath, isActivity, onActivity, spend, silenceMs }: Forwarding,
): void => {
  const { socket, head } = client;
  const headers = [
    ...makeResponseHeaders(answer.rawHeaders, basePath),
    'Connection',
    'Upgrade',
    'Upgrade',
    'websocket',
  ];
  socket.write(Buffer.concat([renderHead(answer, headers), session.head]));
  if (head.length > 0) session.write(head);
  if (isActivity) onActivity();
  const scan = createFrameScanner(onActivity);
  scan(head);
  spliceSockets({ client: socket, session, onClientData: scan, spend, silenceMs });
};

/** Opens a WebSocket at the session; from the handshake on, bytes go both ways as they are. */
export const forwardUpgrade = (client: Upgrade, forwarding: Forwarding): void => {
  const { request, socket } = client;
  const { address, headers, onUnreachable } = forwarding;
  const options = { ...address, method: 'GET', path: request.url ?? '/', headers, agent: false, setHost: false };
  const upstream = httpRequest(options);
  const giveUp = (): void => void upstream.destroy();
  socket.once('close', giveUp);
  watchConnecting(upstream, forwarding.onStalled);
  let isAnswered = false;
  upstream.once('response', (answer) => {
    isAnswered = true;
    passRefusal(answer, socket, forwarding.basePath);
  });
  upstream.once('upgrade', (answer, session: Socket, head) => {
    isAnswered = true;
    socket.off('close', giveUp);
    passUpgrade(answer, { client, session: Object.assign(session, { head }) }, forwarding);
  });
  upstream.on('error', (error) => {
    if (isAnswered) socket.destroy();
    else if (!socket.destroyed) onUnreachable(error);
  });
  upstream.end();
};
