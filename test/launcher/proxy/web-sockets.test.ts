import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startListener } from './session-listener.ts';

type Listener = Awaited<ReturnType<typeof startListener>>;

const open = async (session: Listener, path = 'api/kernels/1/channels', headers: Record<string, string> = {}) => {
  const socket = new WebSocket(`ws://${session.host}${session.path}${path}`, ['v1.kernel', 'other'], { headers });
  await once(socket, 'open');
  return socket;
};

const browser = (session: Listener): Record<string, string> => ({
  cookie: session.cookie,
  origin: `http://${session.host}`,
});

/** The HTTP status with which a handshake was refused. */
const refusal = async (url: string, headers: Record<string, string> = {}): Promise<number | undefined> => {
  const socket = new WebSocket(url, { headers });
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode?: number }];
  return response.statusCode;
};

describe('WebSockets through the session listener', () => {
  it('echoes text, large binary messages and the subprotocol', async () => {
    await using session = await startListener();
    const socket = await open(session);
    const received: unknown[] = [];
    socket.on('message', (data: Buffer) => received.push(data.length));
    socket.send('héllo');
    socket.send(Buffer.alloc(3_000_000, 1));
    await expect.poll(() => received).toEqual([6, 3_000_000]);
    expect(socket.protocol).toBe('v1.kernel');
    socket.close();
  });

  it('closes the other end when one is closed, or breaks off', async () => {
    await using session = await startListener();
    const [first, second] = [await open(session), await open(session)];
    expect(session.upstream.connections.size).toBe(2);
    first.close();
    second.terminate();
    await expect.poll(() => session.upstream.connections.size).toBe(0);
    const third = await open(session);
    for (const connection of session.upstream.connections) connection.destroy();
    await once(third, 'close');
    expect(third.readyState).toBe(WebSocket.CLOSED);
  });

  it('passes a refusal of the session on', async () => {
    await using session = await startListener();
    session.upstream.close();
    expect(await refusal(`ws://${session.host}${session.path}x`)).toBe(502);
  });

  it('refuses what is not a session', async () => {
    await using session = await startListener();
    expect(await refusal(`ws://${session.host}/s/${'a'.repeat(26)}/x`)).toBe(404);
    expect(await refusal(`ws://${session.host}/health`)).toBe(400);
    session.runtime.end(session.spec.id, { code: 'SESSION_IDLE', at: 1 });
    session.directory.remove(session.spec.id);
    expect(await refusal(`ws://${session.host}${session.path}x`)).toBe(410);
  });

  it('takes the cookie from the pages of its own origin only, and adds the token', async () => {
    await using session = await startListener();
    const address = `ws://${session.host}${session.path}x`;
    const socket = await open(session, 'x', browser(session));
    expect(session.upstream.requests[0]?.headers).toMatchObject({
      authorization: `token ${session.keys.token(session.spec.id)}`,
      upgrade: 'websocket',
    });
    expect(session.upstream.requests[0]?.headers).not.toHaveProperty('cookie');
    socket.close();
    expect(await refusal(address, { cookie: session.cookie, origin: 'http://evil.example' })).toBe(403);
    expect(await refusal(address, { cookie: session.cookie, origin: 'null' })).toBe(403);
    expect(await refusal(address, { cookie: session.cookie })).toBe(403);
  });

  it('leaves a token of the client alone, from any origin, and keeps cookies of that origin away', async () => {
    await using session = await startListener();
    const headers = { origin: 'http://thebe.example', cookie: `${session.cookie}; jupyter=1` };
    const socket = await open(session, 'x?token=own', headers);
    expect(session.upstream.requests[0]?.url).toBe(`${session.path}x?token=own`);
    expect(session.upstream.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(session.upstream.requests[0]?.headers).not.toHaveProperty('cookie');
    socket.close();
  });

  it('counts messages of the client as use, but no pings and nothing that the session sends', async () => {
    await using session = await startListener();
    const socket = await open(session);
    session.advance(60_000);
    socket.ping();
    await once(socket, 'pong');
    expect(session.wasUsed()).toBe(false);
    socket.send('x');
    await once(socket, 'message');
    expect(session.wasUsed()).toBe(true);
    socket.close();
  });

  it('lets WebSockets go on while it drains, until they are closed', async () => {
    const session = await startListener();
    const [socket, finished] = [await open(session), await open(session)];
    const drained = session.listener.close(30_000);
    finished.send('last words');
    const [echo] = (await once(finished, 'message')) as [Buffer];
    expect(echo.toString()).toBe('last words');
    for (const each of [finished, socket]) each.close();
    await drained;
    session.upstream.close();
  });

  it('cuts WebSockets at the end of its patience', async () => {
    const session = await startListener();
    const socket = await open(session);
    await Promise.all([once(socket, 'close'), session.listener.close(200)]);
    await expect.poll(() => session.upstream.connections.size).toBe(0);
    session.upstream.close();
  });
});
