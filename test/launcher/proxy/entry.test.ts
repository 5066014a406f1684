import { describe, expect, it } from 'vitest';
import { startListener } from './session-listener.ts';

type Listener = Awaited<ReturnType<typeof startListener>>;

const enter = (session: Listener, query: Record<string, string>, init: RequestInit = {}): Promise<Response> =>
  fetch(`${session.url}enter?${new URLSearchParams(query).toString()}`, { redirect: 'manual', ...init });
const code = (session: Listener): string => session.keys.createEntryCode(session.spec.id);

type Echo = { readonly headers: Record<string, string> };
/** What reaches the session of a request; the status where nothing does. */
const reaches = async (session: Listener, rest: string, init: RequestInit = {}): Promise<Echo['headers'] | number> => {
  const response = await fetch(`${session.url}${rest}`, { redirect: 'manual', ...init });
  return response.ok ? ((await response.json()) as Echo).headers : response.status;
};

describe('entering a session', () => {
  it('sets a cookie for this session alone and goes on to the clean path', async () => {
    await using session = await startListener();
    const response = await enter(session, { code: code(session), path: 'lab/tree/a.ipynb?x=1' });
    expect(response.status).toBe(303);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      location: `${session.path}lab/tree/a.ipynb?x=1`,
      'set-cookie': `${session.cookie}; Path=${session.path}; HttpOnly; SameSite=Lax`,
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
  });

  it('opens JupyterLab when no path is asked for', async () => {
    await using session = await startListener();
    expect((await enter(session, { code: code(session) })).headers.get('location')).toBe(`${session.path}lab`);
  });

  it('sets a secure cookie behind https', async () => {
    await using session = await startListener({ publicUrl: 'https://sessions.example' });
    expect((await enter(session, { code: code(session) })).headers.get('set-cookie')).toMatch(/; Secure$/);
  });

  it.each([
    '//evil.example/',
    'https://evil.example/',
    '/\\evil.example',
    '\\\\evil.example',
    '@evil.example',
    '../../x',
  ])('never leads elsewhere: %s', async (path) => {
    await using session = await startListener();
    const { headers } = await enter(session, { code: code(session), path });
    expect(headers.get('location')?.startsWith(session.path)).toBe(true);
    expect(new URL(headers.get('location') ?? '', session.url).host).toBe(session.host);
  });

  it('takes a code once', async () => {
    await using session = await startListener();
    const used = code(session);
    expect((await enter(session, { code: used })).status).toBe(303);
    const again = await enter(session, { code: used }, { headers: { accept: 'text/html' } });
    expect([again.status, again.headers.get('set-cookie')]).toEqual([403, null]);
    expect(await again.text()).toContain('PROXY_ENTRY_INVALID');
  });

  it('lets somebody who is inside follow the same link again', async () => {
    await using session = await startListener();
    const used = code(session);
    await enter(session, { code: used });
    const again = await enter(session, { code: used, path: 'tree' }, { headers: { cookie: session.cookie } });
    expect([again.status, again.headers.get('location')]).toEqual([303, `${session.path}tree`]);
  });

  it('refuses a code that is too old, of another session, changed, or missing', async () => {
    await using session = await startListener();
    const foreign = session.keys.createEntryCode('b'.repeat(26));
    const late = code(session);
    session.advance(61_000);
    for (const wrong of [late, foreign, `${code(session).slice(0, -2)}AA`, 'x', '']) {
      expect((await enter(session, { code: wrong })).status).toBe(403);
    }
  });

  it('does not let a preview use up the code', async () => {
    await using session = await startListener();
    const fresh = code(session);
    expect((await enter(session, { code: fresh }, { method: 'HEAD' })).status).toBe(403);
    expect((await enter(session, { code: fresh })).status).toBe(303);
  });
});

describe('the credentials of a request', () => {
  const own = (session: Listener): string => `http://${session.host}`;

  it('are the token for a browser with the cookie, which itself goes no further', async () => {
    await using session = await startListener();
    const headers = await reaches(session, 'lab', { headers: { cookie: `a=1; ${session.cookie}; b=2` } });
    expect(headers).toMatchObject({
      cookie: 'a=1; b=2',
      authorization: `token ${session.keys.token(session.spec.id)}`,
    });
  });

  it('work although another session set a cookie of the same name for all paths', async () => {
    await using session = await startListener();
    const headers = await reaches(session, 'lab', { headers: { cookie: `slipway-session=x; ${session.cookie}` } });
    expect(headers).toMatchObject({ authorization: `token ${session.keys.token(session.spec.id)}` });
    expect(headers).not.toHaveProperty('cookie');
  });

  it('are none with the cookie of another session, or a wrong one', async () => {
    await using session = await startListener();
    for (const value of [session.keys.cookie('b'.repeat(26)), 'wrong', '']) {
      const headers = await reaches(session, 'lab', { headers: { cookie: `slipway-session=${value}` } });
      expect(headers).not.toHaveProperty('authorization');
    }
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('let the cookie %s from the own origin only', async (method) => {
    await using session = await startListener();
    const from = (origin?: string) =>
      reaches(session, 'api/contents', {
        method,
        headers: { cookie: session.cookie, ...(origin === undefined ? {} : { origin }) },
      });
    expect(await from(own(session))).toHaveProperty('authorization');
    for (const origin of ['http://evil.example', 'null', `https://${session.host}`.replace(/:\d+$/, ''), undefined]) {
      expect(await from(origin)).toBe(403);
    }
  });

  it('know the own origin by the configured address, too', async () => {
    await using session = await startListener({ publicUrl: 'https://sessions.example/' });
    const headers = { cookie: session.cookie, origin: 'https://sessions.example' };
    expect(await reaches(session, 'x', { method: 'POST', headers })).toHaveProperty('authorization');
  });

  it('give a page of another origin nothing that it did not bring itself', async () => {
    await using session = await startListener();
    const headers = { cookie: `${session.cookie}; jupyter=1`, origin: 'http://evil.example' };
    const reached = await reaches(session, 'api', { headers });
    expect(reached).not.toHaveProperty('authorization');
    expect(reached).not.toHaveProperty('cookie');
  });

  it('of a program go as they are, from any origin and with any method', async () => {
    await using session = await startListener();
    const origin = 'http://thebe.example';
    const headers = { authorization: 'token own', origin };
    expect(await reaches(session, 'api', { method: 'POST', headers })).toMatchObject({
      authorization: 'token own',
      origin,
    });
    const reached = await reaches(session, 'api?token=own', { method: 'POST', headers: { origin } });
    expect(reached).not.toHaveProperty('authorization');
  });
});
