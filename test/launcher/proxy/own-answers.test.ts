import { describe, expect, it } from 'vitest';
import { renderAnswerPage } from '../../../services/launcher/proxy/answer-page.ts';
import { SlipwayError } from '../../../services/contracts/slipway-error.ts';
import { startListener } from './session-listener.ts';

const html = { headers: { accept: 'text/html,*/*' } };
const unknownPath = `/s/${'a'.repeat(26)}/lab`;

describe('what the listener answers itself', () => {
  it('explains an ended session to people, with the way to a new one', async () => {
    await using session = await startListener();
    await session.history.record(session.spec, { code: 'SESSION_IDLE', at: Date.now() });
    session.directory.remove(session.spec.id);
    const response = await fetch(`${session.url}lab`, html);
    const page = await response.text();
    expect([response.status, response.headers.get('content-type')]).toEqual([410, 'text/html; charset=utf-8']);
    expect(page).toContain('SESSION_IDLE');
    expect(page).toContain('nobody used it');
    expect(page).toContain('download what you want to keep');
    expect(page).toContain(`href="http://control.example/${session.spec.request}"`);
  });

  it('explains it to programs as JSON, readable from every origin', async () => {
    await using session = await startListener();
    session.runtime.end(session.spec.id, { code: 'SESSION_EXITED', at: 1, log: 'last words' });
    session.directory.remove(session.spec.id);
    const response = await fetch(`${session.url}api/kernels`);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect([response.status, await response.json()]).toEqual([
      410,
      expect.objectContaining({
        code: 'SESSION_EXITED',
        status: 410,
        log: 'last words',
        launchUrl: `http://control.example/${session.spec.request}`,
      }),
    ]);
  });

  it('knows at once that a session has just ended, and why', async () => {
    await using session = await startListener();
    session.upstream.close();
    session.runtime.end(session.spec.id, { code: 'SESSION_MEMORY_EXCEEDED', at: Date.now() });
    const response = await fetch(`${session.url}lab`, html);
    expect(response.status).toBe(410);
    expect(await response.text()).toContain('SESSION_MEMORY_EXCEEDED');
  });

  it('does not wait for an address where nobody is any more', async () => {
    await using session = await startListener();
    // Of the block for documentation (RFC 5737): packets to it vanish, as those to a container that is gone.
    session.directory.add({ spec: session.spec, startedAt: 1, address: { host: '192.0.2.1', port: 8888 } });
    session.runtime.end(session.spec.id, { code: 'SESSION_EXITED', at: Date.now() });
    const response = await fetch(`${session.url}lab`);
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([410, 'SESSION_EXITED']);
  });

  it('says 502 while a running session does not answer', async () => {
    await using session = await startListener();
    session.upstream.close();
    const response = await fetch(`${session.url}api`, { method: 'POST', body: 'x' });
    expect([response.status, await response.json()]).toEqual([
      502,
      expect.objectContaining({ code: 'PROXY_UPSTREAM_UNREACHABLE', retry: true }),
    ]);
  });

  it('says 404 for a session that never was, without asking the engine each time', async () => {
    await using session = await startListener();
    let asked = 0;
    const find = session.runtime.find.bind(session.runtime);
    session.runtime.find = (id) => {
      asked += 1;
      return find(id);
    };
    for (let turn = 0; turn < 3; turn += 1) {
      const response = await fetch(`http://${session.host}${unknownPath}`);
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([404, 'SESSION_NOT_FOUND']);
    }
    expect(asked).toBe(1);
  });

  it.each(['/', '/lab', '/s', '/s/', '/s/SHORT/lab', `/s/${'a'.repeat(27)}/`, `/S/${'a'.repeat(26)}/`, '/s/../health'])(
    'says 404 for %s',
    async (path) => {
      await using session = await startListener();
      expect((await fetch(`http://${session.host}${path.replace('/s/../health', '/s/..%2fhealth')}`)).status).toBe(404);
    },
  );

  it('says 503 while the engine is away', async () => {
    await using session = await startListener();
    session.runtime.isAway = true;
    const response = await fetch(`http://${session.host}${unknownPath}`);
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
      503,
      'BUILD_ENGINE_UNAVAILABLE',
    ]);
  });

  it('answers the preflight of a session that is gone, so that the reason can be read', async () => {
    await using session = await startListener();
    const response = await fetch(`http://${session.host}${unknownPath}`, { method: 'OPTIONS' });
    expect([response.status, response.headers.get('access-control-allow-headers')]).toEqual([
      204,
      expect.stringContaining('authorization'),
    ]);
  });

  it('never lets text of a repository become markup', () => {
    const hostile = '<script>alert(1)</script>"\'&';
    const error = new SlipwayError('SESSION_EXITED', { message: hostile, hint: hostile }).toBody();
    const page = renderAnswerPage({ error, launchUrl: `http://x/"${hostile}`, log: hostile });
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;');
    expect(page).not.toMatch(/href="[^"]*"[^>]*(alert)/);
  });
});

describe('what counts as use', () => {
  it.each([
    ['GET', 'lab', true],
    ['POST', 'api/sessions', true],
    ['GET', 'api/status', false],
    ['GET', 'api/contents?content=1', false],
    ['GET', 'lab?no_track_activity=1', false],
  ])('%s %s: %s', async (method, path, counts) => {
    await using session = await startListener();
    session.advance(60_000);
    await (await fetch(`${session.url}${path}`, { method })).text();
    expect(session.wasUsed()).toBe(counts);
  });

  it('is no request that the session refused', async () => {
    await using session = await startListener({ handler: (_request, response) => void response.writeHead(403).end() });
    session.advance(60_000);
    await fetch(`${session.url}api/contents/x`, { method: 'PUT' });
    expect(session.wasUsed()).toBe(false);
  });
});
