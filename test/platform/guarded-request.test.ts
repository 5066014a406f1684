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

  it('gives up on a circle of redirects', async () => {
    location = '/moved';
    await expect(ask('/moved', 'name.example')).rejects.toThrow(/redirects more than 5 times/);
  });
});
