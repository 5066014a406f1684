/** A session at its fastest: what it answers is ready beforehand, so that what is measured is the way there. */
import { createServer, type Socket } from 'node:net';
import { createHash } from 'node:crypto';
import { BODY, MESSAGE, renderFrame } from './traffic.ts';

const ANSWER = Buffer.from(
  [
    'HTTP/1.1 200 OK',
    'Server: TornadoServer/6.5',
    'Content-Type: application/json; charset=UTF-8',
    'Date: Tue, 24 Nov 2026 12:00:00 GMT',
    'X-Content-Type-Options: nosniff',
    "Content-Security-Policy: frame-ancestors 'self'; report-uri /api/security/csp-report",
    'Etag: "0f1e2d3c4b5a69788796a5b4c3d2e1f001234567"',
    `Content-Length: ${BODY.length}`,
    '',
    BODY,
  ].join('\r\n'),
);
const ECHO = renderFrame(MESSAGE, { isMasked: false });
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

const acceptWebSocket = (socket: Socket, key: string): void => {
  const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  socket.write([...lines, `Sec-WebSocket-Accept: ${accept}`, '', ''].join('\r\n'));
  socket.removeAllListeners('data').on('data', () => socket.write(ECHO));
};

const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    const key = /^sec-websocket-key: *(\S+)/im.exec(chunk.toString('latin1'))?.[1];
    if (key === undefined) socket.write(ANSWER);
    else acceptWebSocket(socket, key);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : undefined });
});
