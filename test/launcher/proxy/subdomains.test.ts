import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { FastifyRequest } from 'fastify';
import type { Settings } from '../../../services/contracts/settings.ts';
import { readVisibleAddresses } from '../../../services/launcher/http/visible-address.ts';
import { makeSessionOrigin, makeSubdomainPattern } from '../../../services/launcher/sessions/session-origin.ts';
import { startListener } from './session-listener.ts';

type Listener = Awaited<ReturnType<typeof startListener>>;

const ask = async (session: Listener, path: string, { method = 'GET', ...headers }: Record<string, string>) => {
  const request = httpRequest({ host: '127.0.0.1', port: session.port, path, headers, method }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
};

const start = () => startListener({ address: 'subdomain', publicUrl: 'https://*.sessions.example' });
const ownHost = ({ spec }: Listener): string => `${spec.id}.sessions.example`;

describe('sessions with sub-domains', () => {
  it('have an address each, made of the common one', () => {
    const cases = [
      ['https://sessions.example', 'https://ID.sessions.example'],
      ['https://sessions.example:8443/', 'https://ID.sessions.example:8443'],
      ['http://127.0.0.1:8081', 'http://ID.localhost:8081'],
      ['http://[::1]:8081', 'http://ID.localhost:8081'],
    ];
    for (const [common = '', own] of cases) expect(makeSessionOrigin(makeSubdomainPattern(common), 'ID')).toBe(own);
    expect(makeSessionOrigin('http://127.0.0.1:8081', 'ID')).toBe('http://127.0.0.1:8081');
  });

  it('are told to visitors, whatever the control listener is called', () => {
    const tell = (host: string, sessionUrl: string) => {
      const settings = { publicUrl: '', sessionUrl, proxy: { address: 'subdomain' } } as unknown as Settings;
      const request = { headers: { host } } as FastifyRequest;
      return makeSessionOrigin(readVisibleAddresses(request, { settings, sessionPort: () => 8081 }).sessionHost, 'ID');
    };
    expect(tell('slipway.example', 'https://sessions.example/')).toBe('https://ID.sessions.example');
    expect(tell('slipway.example:8080', '')).toBe('http://ID.slipway.example:8081');
    expect(tell('127.0.0.1:8080', '')).toBe('http://ID.localhost:8081');
  });

  it('are entered there, with a cookie of that host alone', async () => {
    await using session = await start();
    const code = session.keys.createEntryCode(session.spec.id);
    const entered = await ask(session, `${session.path}enter?code=${code}&path=lab`, { host: ownHost(session) });
    expect([entered.status, entered.headers.location]).toEqual([303, `${session.path}lab`]);
    expect(entered.headers['set-cookie']?.[0]).toMatch(/; HttpOnly; SameSite=Lax; Secure$/);
    expect(entered.headers['set-cookie']?.[0]).not.toMatch(/domain/i);
    const headers = { host: ownHost(session), cookie: session.cookie };
    const { body } = await ask(session, `${session.path}lab`, headers);
    expect(body).toContain(`token ${session.keys.token(session.spec.id)}`);
  });

  it('are on no other host: neither the common one nor that of another session', async () => {
    await using session = await start();
    const place = `https://${ownHost(session)}${session.path}lab?x=1`;
    for (const host of ['sessions.example', `${'b'.repeat(26)}.sessions.example`, '127.0.0.1', 'evil.example']) {
      const { status, headers } = await ask(session, `${session.path}lab?x=1`, { host, cookie: session.cookie });
      expect([status, headers.location]).toEqual([308, place]);
    }
    expect(session.upstream.requests).toHaveLength(0);
  });

  it('open at the root of their host', async () => {
    await using session = await start();
    const { status, headers } = await ask(session, '/', { host: ownHost(session) });
    expect([status, headers.location]).toEqual([308, session.path]);
    expect((await ask(session, '/', { host: 'sessions.example' })).status).toBe(404);
  });

  it('explain their end on their host', async () => {
    await using session = await start();
    session.runtime.end(session.spec.id, { code: 'SESSION_IDLE', at: 1 });
    session.directory.remove(session.spec.id);
    const { status, body } = await ask(session, `${session.path}lab`, { host: ownHost(session), accept: 'text/html' });
    expect([status, body.includes('SESSION_IDLE')]).toEqual([410, true]);
  });

  it('know pages of their own origin from those of another session', async () => {
    await using session = await start();
    const refused = (origin: string) =>
      ask(session, `${session.path}api`, {
        method: 'POST',
        host: ownHost(session),
        cookie: session.cookie,
        origin,
      });
    expect((await refused(`https://${ownHost(session)}`)).status).toBe(200);
    expect((await refused(`https://${'b'.repeat(26)}.sessions.example`)).status).toBe(403);
    expect((await refused('https://sessions.example')).status).toBe(403);
  });

  it('take WebSockets there, and there only', async () => {
    await using session = await start();
    const connect = (host: string) => new WebSocket(`ws://${session.host}${session.path}x`, { headers: { host } });
    const socket = connect(ownHost(session));
    await once(socket, 'open');
    socket.close();
    const [, answer] = (await once(
      connect('sessions.example').on('error', () => undefined),
      'unexpected-response',
    )) as [unknown, IncomingMessage];
    expect(answer.statusCode).toBe(400);
  });
});
