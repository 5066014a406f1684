import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startListener } from './session-listener.ts';

type Listener = Awaited<ReturnType<typeof startListener>>;

const open = async (session: Listener): Promise<WebSocket> => {
  const socket = new WebSocket(`ws://${session.host}${session.path}x`);
  await once(socket, 'open');
  return socket;
};

const KIB = 1024;

describe('the limits of one session', () => {
  it('are so many requests and WebSockets at a time, and what is closed makes room', async () => {
    await using session = await startListener({ limits: { connections: 2 } });
    const [first, second] = [await open(session), await open(session)];
    const refused = await fetch(`${session.url}api`);
    expect([refused.status, refused.headers.get('access-control-allow-origin'), await refused.json()]).toEqual([
      429,
      '*',
      expect.objectContaining({ code: 'PROXY_SESSION_BUSY', retry: true }),
    ]);
    const third = new WebSocket(`ws://${session.host}${session.path}x`);
    const [, answer] = (await once(
      third.on('error', () => undefined),
      'unexpected-response',
    )) as [unknown, { statusCode?: number }];
    expect(answer.statusCode).toBe(429);
    first.close();
    await expect.poll(async () => (await fetch(`${session.url}api`)).status).toBe(200);
    second.close();
  });

  it.concurrent.each(['download', 'upload'])('are so many bytes a second of a %s', async (direction) => {
    const body = Buffer.alloc(96 * KIB);
    await using session = await startListener({
      limits: { bytesPerSecond: 64 * KIB },
      handler: (request, response) => {
        if (direction === 'download') response.end(body);
        else request.resume().once('end', () => response.end());
      },
    });
    const start = performance.now();
    const init = direction === 'download' ? {} : { method: 'POST', body };
    await (await fetch(session.url, init)).arrayBuffer();
    // Half a second of it goes through at once.
    expect(performance.now() - start).toBeGreaterThan(500);
  });

  it.concurrent('are the same in both directions of a WebSocket', async () => {
    await using session = await startListener({ limits: { bytesPerSecond: 64 * KIB } });
    const socket = await open(session);
    const start = performance.now();
    for (let turn = 0; turn < 4; turn += 1) {
      socket.send(Buffer.alloc(16 * KIB));
      await once(socket, 'message');
    }
    expect(performance.now() - start).toBeGreaterThan(500);
    socket.close();
  });
});

describe('a client that is gone although its connection stands', () => {
  const pingAll = (session: Listener): void => {
    for (const client of session.upstream.webSockets) client.ping();
  };

  it('is found when it leaves a ping of the session unanswered', async () => {
    await using session = await startListener({ limits: { silenceMs: 50 } });
    const socket = new WebSocket(`ws://${session.host}${session.path}x`, { autoPong: false });
    await once(socket, 'open');
    pingAll(session);
    await once(socket, 'close');
    await expect.poll(() => session.upstream.connections.size).toBe(0);
  });

  it('is not one that answers, nor one of a session that does not ask', async () => {
    await using session = await startListener({ limits: { silenceMs: 50 } });
    const [answering, unasked] = [await open(session), await open(session)];
    pingAll(session);
    await once(answering, 'ping');
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect([answering.readyState, unasked.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
    answering.close();
    unasked.close();
  });
});
