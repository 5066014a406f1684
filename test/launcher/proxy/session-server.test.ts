import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { startListener } from './session-listener.ts';

const send = async (url: string, options: RequestOptions = {}, body?: string): Promise<IncomingMessage> => {
  const request = httpRequest(url, options).end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
};

type Echo = { readonly method: string; readonly url: string; readonly headers: Record<string, string> };
const echo = async (url: string, options: RequestOptions = {}, body?: string): Promise<Echo> =>
  JSON.parse(await text(await send(url, options, body))) as Echo;

/** Sends bytes as they are, and gives all that comes back until the connection ends. */
const sendRaw = async (port: number, bytes: string): Promise<string> => {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes, 'latin1');
  return text(socket);
};

const digest = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

describe('the session listener', () => {
  it('says that it is healthy', async () => {
    await using session = await startListener();
    const response = await fetch(`http://${session.host}/health`);
    expect([response.status, await response.json()]).toEqual([200, { ok: true }]);
  });

  it.each(['', 'api', 'lab/tree/a%20b%2Fc.ipynb?x=1&y=%40', 'files/../x//y;z=@', 'q?a=?b=/../', '%F0%9F%A6%86'])(
    'passes the path %j on untouched',
    async (rest) => {
      await using session = await startListener();
      const response = await send(`http://${session.host}`, { path: `${session.path}${rest}` });
      expect((JSON.parse(await text(response)) as Echo).url).toBe(`${session.path}${rest}`);
    },
  );

  it('sends the address without its last slash to the one with it', async () => {
    await using session = await startListener();
    const response = await fetch(`${session.url.slice(0, -1)}?a=1`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([308, `${session.path}?a=1`]);
  });

  it('passes every method, status and body on, in both directions', async () => {
    await using session = await startListener({
      handler: (request, response) => {
        response.writeHead(request.method === 'PUT' ? 201 : 409, 'As It Is', { 'x-kept': 'yes' });
        request.pipe(response);
      },
    });
    for (const [method, status] of [
      ['PUT', 201],
      ['PATCH', 409],
      ['DELETE', 409],
    ] as const) {
      const response = await send(session.url, { method, headers: { 'content-length': '5' } }, 'hello');
      expect([response.statusCode, response.headers['x-kept'], await text(response)]).toEqual([status, 'yes', 'hello']);
    }
  });

  it('streams: the first piece arrives while the rest is not there yet', async () => {
    await using session = await startListener({
      handler: (request, response) => {
        response.write('first');
        request.resume().once('end', () => response.end('last'));
      },
    });
    const request = httpRequest(session.url, { method: 'POST' });
    request.write('a');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const [first] = (await once(response, 'data')) as [Buffer];
    request.end('b');
    expect([first.toString(), await text(response)]).toEqual(['first', 'last']);
  });

  it('moves large bodies without holding them, however they are framed', async () => {
    await using session = await startListener({ handler: (request, response) => void request.pipe(response) });
    const body = randomBytes(8 * 1024 * 1024);
    for (const headers of [{ 'content-length': String(body.length) }, { 'transfer-encoding': 'chunked' }]) {
      const request = httpRequest(session.url, { method: 'POST', headers });
      Readable.from(body).pipe(request);
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      const hash = createHash('sha256');
      for await (const chunk of response) hash.update(chunk as Buffer);
      expect(hash.digest('hex')).toBe(digest(body));
    }
  });

  it('stops reading from the session while the client does not read', async () => {
    let sent = 0;
    await using session = await startListener({
      handler: (_request, response) => {
        const piece = Buffer.alloc(64 * 1024);
        const pump = (): void => {
          while (sent < 256 * 1024 * 1024 && response.write(piece)) sent += piece.length;
        };
        response.on('drain', pump);
        pump();
      },
    });
    const response = await send(session.url);
    response.pause();
    await expect
      .poll(
        async () => {
          const before = sent;
          await new Promise((resolve) => setTimeout(resolve, 200));
          return sent - before;
        },
        { timeout: 10_000 },
      )
      .toBe(0);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
    response.destroy();
  });

  it('keeps connections to the session, and to the client', async () => {
    await using session = await startListener();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number | undefined>();
    for (let turn = 0; turn < 5; turn += 1) {
      const response = await send(session.url, { agent });
      ports.add(response.socket.localPort);
      await text(response);
    }
    agent.destroy();
    expect([ports.size, session.upstream.openedConnections()]).toEqual([1, 1]);
  });

  it('closes the connection when the client asks for it', async () => {
    await using session = await startListener();
    const answer = await sendRaw(session.port, `GET ${session.path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*\r\nconnection: close\r\n/is);
  });

  it('speaks HTTP/1.0', async () => {
    await using session = await startListener();
    const answer = await sendRaw(session.port, `GET ${session.path} HTTP/1.0\r\nHost: x\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain(`"url":"${session.path}"`);
    expect(answer).not.toMatch(/transfer-encoding/i);
  });

  it('answers 100 Continue before a body is sent', async () => {
    await using session = await startListener();
    const request = httpRequest(session.url, {
      method: 'PUT',
      headers: { expect: '100-continue', 'content-length': '4' },
    });
    request.flushHeaders();
    await once(request, 'continue');
    request.end('body');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect((JSON.parse(await text(response)) as Echo).headers).not.toHaveProperty('expect');
  });

  it('ends the request at the session when the client goes away', async () => {
    let isAborted = false;
    await using session = await startListener({
      handler: (_request, response) => {
        response.once('close', () => (isAborted = true));
        response.write('…');
      },
    });
    const response = await send(session.url);
    response.destroy();
    await expect.poll(() => isAborted).toBe(true);
  });

  it('breaks the answer off when the session breaks off, instead of making it look whole', async () => {
    await using session = await startListener({
      handler: (request, response) => {
        response.write('half');
        setTimeout(() => request.socket.destroy(), 50);
      },
    });
    await expect(text(await send(session.url))).rejects.toThrow(/aborted/);
  });

  it('tells the session where the request came from, and believes nothing that the client says about it', async () => {
    await using session = await startListener({ publicUrl: 'https://sessions.example' });
    const { headers } = await echo(session.url, {
      headers: {
        forwarded: 'for=6.6.6.6',
        'x-forwarded-for': '6.6.6.6',
        'x-forwarded-prefix': '/evil',
        'x-real-ip': '6.6.6.6',
        'x-scheme': 'gopher',
        'keep-alive': '9',
        te: 'trailers',
        connection: 'keep-alive, x-private',
        'x-private': '1',
        'x-public': '1',
      },
    });
    expect(headers).toMatchObject({
      'x-forwarded-for': expect.stringContaining('127.0.0.1'),
      'x-forwarded-proto': 'https',
      'x-forwarded-host': session.host,
      host: session.host,
      'x-public': '1',
    });
    for (const name of ['forwarded', 'x-forwarded-prefix', 'x-real-ip', 'x-scheme', 'keep-alive', 'te', 'x-private']) {
      expect(headers).not.toHaveProperty(name);
    }
  });

  it('keeps what a session tells the browser to that session', async () => {
    await using session = await startListener({
      handler: (_request, response) => {
        response.writeHead(200, {
          'clear-site-data': '"*"',
          'service-worker-allowed': '/',
          'keep-alive': 'timeout=99',
          'set-cookie': ['a=1; Path=/; Domain=example.org; HttpOnly', `b=2; path=${session.path}lab; Secure`, 'c=3'],
        });
        response.end();
      },
    });
    const { headers } = await send(session.url);
    expect(headers['set-cookie']).toEqual([
      `a=1; Path=${session.path}; HttpOnly`,
      `b=2; path=${session.path}lab; Secure`,
      'c=3',
    ]);
    expect(headers).not.toHaveProperty('clear-site-data');
    expect(headers).not.toHaveProperty('service-worker-allowed');
    expect(headers['keep-alive']).not.toBe('timeout=99');
  });

  it.each([
    ['not HTTP', 'hello there\r\n\r\n'],
    ['no host', 'GET /health HTTP/1.1\r\n\r\n'],
    ['two ways of framing', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['another form of target', 'GET http://other.example/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['a star', 'GET * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ])('answers 400 to %s and goes on', async (_name, bytes) => {
    await using session = await startListener();
    expect(await sendRaw(session.port, bytes)).toMatch(/^HTTP\/1\.1 400 /);
    expect((await fetch(`http://${session.host}/health`)).status).toBe(200);
  });

  it('answers a plain request that offers another protocol as a plain request', async () => {
    await using session = await startListener();
    const { url, headers } = await echo(session.url, { headers: { connection: 'upgrade', upgrade: 'h2c' } });
    expect([url, headers['upgrade']]).toEqual([session.path, undefined]);
  });

  it('lets requests finish when it closes', async () => {
    await using session = await startListener({
      handler: (_request, response) => void setTimeout(() => response.end('done'), 150),
    });
    const answered = send(session.url);
    await expect.poll(() => session.upstream.requests.length).toBe(1);
    const closed = session.listener.close(5000);
    expect(await text(await answered)).toBe('done');
    await closed;
    await expect(fetch(`http://${session.host}/health`)).rejects.toThrow(/fetch failed/);
  });
});
