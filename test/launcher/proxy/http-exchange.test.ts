import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { startListener } from './session-listener.ts';

type Listener = Awaited<ReturnType<typeof startListener>>;

const send = async (url: string, options: RequestOptions = {}, body?: string): Promise<IncomingMessage> => {
  const [response] = (await once(httpRequest(url, options).end(body), 'response')) as [IncomingMessage];
  return response;
};

/** Sends bytes as they are; gives all that came back until the listener ended the connection. */
const sendRaw = async ({ port }: Listener, bytes: string): Promise<string> => {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes, 'latin1');
  return text(socket);
};

/** Has a session whose every connection is answered with these bytes. */
const answerWith = async (session: Listener, answer: string) => {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy()).once('data', () => socket.end(answer, 'latin1'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  session.directory.add({ spec: session.spec, startedAt: 1, address: { host: '127.0.0.1', port } });
  return { [Symbol.dispose]: () => void server.close() };
};

describe('answers through the session listener', () => {
  it('to HEAD keep their length and have no body', async () => {
    await using session = await startListener({
      handler: (_request, response) => response.writeHead(200, { 'content-length': 1234 }).end(),
    });
    const response = await send(session.url, { method: 'HEAD' });
    expect([response.headers['content-length'], await text(response)]).toEqual(['1234', '']);
  });

  it.each([204, 304])('of %i end with their headers', async (status) => {
    await using session = await startListener({
      handler: (_request, response) => response.writeHead(status, { etag: '"a"' }).end(),
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const _turn of [1, 2]) {
      const response = await send(session.url, { agent });
      expect([response.statusCode, response.headers.etag, await text(response)]).toEqual([status, '"a"', '']);
    }
    agent.destroy();
  });

  it('keep repeated headers, their order and their case', async () => {
    await using session = await startListener({
      handler: (_request, response) =>
        response.writeHead(200, ['X-One', '1', 'x-TWO', 'a', 'x-TWO', 'b', 'Link', '<a>', 'Link', '<b>']).end(),
    });
    const { rawHeaders } = await send(session.url);
    expect(rawHeaders.slice(0, 10)).toEqual(['X-One', '1', 'x-TWO', 'a', 'x-TWO', 'b', 'Link', '<a>', 'Link', '<b>']);
  });

  it('bring their trailers and their early hints along', async () => {
    await using session = await startListener({
      handler: (_request, response) => {
        response.writeEarlyHints({ link: '</style.css>; rel=preload' });
        response.writeHead(200, { trailer: 'x-sum' }).write('body');
        response.addTrailers({ 'x-sum': '42' });
        response.end();
      },
    });
    const request = httpRequest(session.url).end();
    const [[hints], [response]] = (await Promise.all([once(request, 'information'), once(request, 'response')])) as [
      [{ statusCode: number }],
      [IncomingMessage],
    ];
    expect([hints.statusCode, await text(response), response.trailers['x-sum']]).toEqual([103, 'body', '42']);
  });

  it('that come before the end of an upload arrive', async () => {
    await using session = await startListener({
      handler: (_request, response) => response.writeHead(413).end('too much'),
    });
    const request = httpRequest(session.url, { method: 'PUT', headers: { 'content-length': 10_000_000 } });
    request.on('error', () => undefined);
    request.write(Buffer.alloc(100_000));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect([response.statusCode, await text(response)]).toEqual([413, 'too much']);
    request.destroy();
  });

  it('end with the connection where the session says neither a length nor pieces', async () => {
    await using session = await startListener();
    using _server = await answerWith(session, 'HTTP/1.1 200 OK\r\nX-Old: 1\r\n\r\nas long as it is');
    const response = await send(session.url);
    expect([response.headers['x-old'], await text(response)]).toEqual(['1', 'as long as it is']);
  });

  // The listener waits a moment before it says so; they wait at the same time.
  it.concurrent.each([
    ['that are not HTTP', 'SSH-2.0-x\r\n'],
    ['framed in two ways', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['with two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde'],
    ['that switch protocols unasked', 'HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'],
    ['with endless headers', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(200_000)}\r\n\r\n`],
  ])('%s become an error of ours, readable from every origin', async (_name, answer) => {
    await using session = await startListener();
    using _server = await answerWith(session, answer);
    const response = await send(session.url);
    expect([response.statusCode, response.headers['access-control-allow-origin']]).toEqual([502, '*']);
    expect(await text(response)).toContain('PROXY_UPSTREAM_UNREACHABLE');
  });
});

describe('requests through the session listener', () => {
  it('are asked once more when the session closed the connection under them, unless that could do something twice', async () => {
    let isClosing = false;
    await using session = await startListener({
      handler: (request, response) => {
        if (isClosing) request.socket.destroy();
        else response.end('answered');
        isClosing = false;
      },
    });
    await text(await send(session.url));
    isClosing = true;
    expect(await text(await send(session.url))).toBe('answered');
    expect(session.upstream.requests).toHaveLength(3);
    isClosing = true;
    expect((await send(session.url, { method: 'POST' }, 'x')).statusCode).toBe(502);
    expect(session.upstream.requests).toHaveLength(4);
  });

  it('that break off in the middle of an upload break off at the session', async () => {
    let isAborted = false;
    await using session = await startListener({
      handler: (request) => void request.resume().once('close', () => (isAborted = !request.complete)),
    });
    const request = httpRequest(session.url, { method: 'PUT', headers: { 'content-length': 1000 } });
    request.on('error', () => undefined).write('part');
    await expect.poll(() => session.upstream.requests.length).toBe(1);
    request.destroy();
    await expect.poll(() => isAborted).toBe(true);
  });

  it('are answered in order when they are sent ahead', async () => {
    await using session = await startListener();
    const get = (rest: string, more = '') => `GET ${session.path}${rest} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
    const answers = await sendRaw(session, get('one') + get('two') + get('three', 'Connection: close\r\n'));
    expect(answers.match(/"url":"[^"]*\/(\w+)"/g)?.map((url) => /(\w+)"$/.exec(url)?.[1])).toEqual([
      'one',
      'two',
      'three',
    ]);
  });

  it.each(['..%2f..%2fhealth', '%2e%2e/%2e%2e/health', '..;/x', '//evil.example/x', '%5c..%5cx', 'a%00b', '@evil'])(
    'to %s stay inside of the session as they were sent',
    async (rest) => {
      await using session = await startListener();
      const answer = await sendRaw(
        session,
        `GET ${session.path}${rest} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toContain(`"url":"${session.path}${rest}"`);
    },
  );

  const close = 'Connection: close\r\n';
  const inside = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
  it.each([
    ['two hosts', `GET PATH HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n`],
    ['a host that is none', `GET PATH HTTP/1.1\r\nHost: a@b\r\n\r\n`],
    [
      'a length and pieces',
      `POST PATH HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inside}`,
    ],
    ['two lengths', `POST PATH HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 9\r\n\r\n${inside}`],
    ['a length that is none', `POST PATH HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc`],
    ['another coding', `POST PATH HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ['a disguised coding', `POST PATH HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${inside}`],
    ['a space before the colon', `POST PATH HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n`],
    ['a folded header', `GET PATH HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n b\r\n\r\n`],
    [
      'a bare line feed in a piece',
      `POST PATH HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\nab\r\n0\r\n\r\n`,
    ],
    [
      'a handshake with a body',
      `GET PATH HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 3\r\n\r\nabc`,
    ],
    ['CONNECT', `CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['an unknown expectation', `GET PATH HTTP/1.1\r\nHost: x\r\nExpect: 200-ok\r\n${close}\r\n`],
    ['endless headers', `GET PATH HTTP/1.1\r\nHost: x\r\nX-A: ${'x'.repeat(40_000)}\r\n\r\n`],
  ])(
    'with %s are refused with a code, readable from every origin, and nothing after them is believed',
    async (...[, bytes]) => {
      await using session = await startListener();
      const answer = await sendRaw(session, bytes.replace('PATH', session.path));
      expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*access-control-allow-origin: \*[^]*PROXY_REQUEST_INVALID/i);
      expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
      expect(session.upstream.requests.filter(({ url }) => url === '/smuggled')).toEqual([]);
    },
  );
});
