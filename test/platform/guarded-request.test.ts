import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAddressGuard, HostRefusedError } from '../../services/platform/address-guard.ts';
import { createGuardedRequest } from '../../services/platform/guarded-request.ts';

describe('a guarded request', () => {
  let server: Server;
  let port = 0;
  let asked: string[] = [];
  let location = '';
  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.headers.host} ${request.url}`);
      if (request.url === '/moved') response.writeHead(302, { location }).end();
      else response.end('answer');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  const signal = AbortSignal.timeout(20_000);
  const ask = (path: string, allowed: string, method: 'GET' | 'POST' = 'GET') =>
    createGuardedRequest(createAddressGuard([allowed], async () => ['127.0.0.1']))(
      new URL(path, `http://name.example:${port}`),
      { method, signal },
    );

  it('connects to the address that the guard saw, under the name that was asked', async () => {
    const response = await ask('/x', 'name.example', 'POST');
    expect(await text(response)).toBe('answer');
    expect(asked).toEqual([`POST name.example:${port} /x`]);
  });

  it('follows a redirect to a host that is allowed, and to no other', async () => {
    location = '/there';
    expect(await text(await ask('/moved', 'name.example'))).toBe('answer');
    location = `http://other.example:${port}/there`;
    await expect(ask('/moved', 'name.example')).rejects.toThrow(HostRefusedError);
    expect(asked).toHaveLength(3);
  });

  it('looks a name up once a request, so that a second answer cannot lead elsewhere', async () => {
    const answers = ['127.0.0.1', '10.0.0.1'];
    const resolve = async () => [answers.shift() ?? ''];
    const request = createGuardedRequest(createAddressGuard(['rebind.example'], resolve));
    expect(await text(await request(new URL(`http://rebind.example:${port}/x`), { signal }))).toBe('answer');
    expect(answers).toEqual(['10.0.0.1']);
  });

  it('looks it up again for a redirect, and refuses what it has become', async () => {
    const answers = [['93.184.216.34'], ['169.254.169.254']];
    const guard = createAddressGuard([], async () => answers.shift() ?? []);
    const toServer: typeof guard = async (url) => ({ ...(await guard(url)), addresses: ['127.0.0.1'] });
    location = 'https://rebind.example/latest/meta-data';
    const allowing: typeof guard = (url) => toServer(new URL(url.href.replace('http:', 'https:')));
    const asking = createGuardedRequest(allowing)(new URL(`http://rebind.example:${port}/moved`), { signal });
    await expect(asking).rejects.toThrow(HostRefusedError);
    expect([asked.length, answers.length]).toEqual([1, 0]);
  });

  it.each([
    'https://127.0.0.1/',
    'https://[::ffff:169.254.169.254]/',
    'https://2130706433/',
    'file:///etc/passwd',
    'ftp://name.example/',
    'http://',
  ])('does not follow a redirect to %s', async (target) => {
    location = target;
    await expect(ask('/moved', 'name.example')).rejects.toThrow(HostRefusedError);
    expect(asked).toHaveLength(1);
  });

  it('ends with its signal while the answer is still being sent', async () => {
    const slow = createServer((_request, response) => void response.writeHead(200).write('begin')).listen(
      0,
      '127.0.0.1',
    );
    await once(slow, 'listening');
    const url = new URL(`http://127.0.0.1:${(slow.address() as AddressInfo).port}/`);
    const stopping = new AbortController();
    const request = createGuardedRequest(createAddressGuard(['127.0.0.1']));
    const response = await request(url, { signal: stopping.signal });
    stopping.abort();
    await expect(text(response)).rejects.toThrow(/abort/);
    slow.closeAllConnections();
    slow.close();
  });

  it('gives up on a circle of redirects', async () => {
    location = '/moved';
    await expect(ask('/moved', 'name.example')).rejects.toThrow(/redirects more than 5 times/);
  });
});
