import { Validator } from '@seriousme/openapi-schema-validator';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromBufferPromise } from 'yauzl';
import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../../services/contracts/api/operations.ts';
import type { LaunchView } from '../../../../services/contracts/api/launches.ts';
import { makeSessionSpec } from '../../../support/session-spec.ts';
import { buildNext } from '../../create-launcher.ts';
import { readBlocks, startControl, streamHeaders } from '../../start-control.ts';

type Control = Awaited<ReturnType<typeof startControl>>;
type Json = Record<string, unknown>;

const settings = { publicUrl: '', sessionUrl: '', adminToken: 'operators-only', trustedProxies: [] };
const admin = { authorization: 'Bearer operators-only' };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
/** The session that every launch of the fake ends in. */
const SESSION = 'abcdefghijklmnopqrstuvwxyz';

const ask = async (control: Control, path: string, init: RequestInit = {}) => {
  const response = await fetch(`${control.url}/api/v1${path}`, init);
  const type = response.headers.get('content-type') ?? '';
  const body = type.startsWith('application/json') ? ((await response.json()) as Json) : {};
  return { response, status: response.status, body };
};

const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

const startLaunch = async (control: Control, spec = 'found/HEAD'): Promise<LaunchView> =>
  (await ask(control, '/launches', post({ provider: 'test', spec }))).body as LaunchView;

const untilFinished = async (control: Control, id: string): Promise<LaunchView> => {
  for (;;) {
    const view = (await ask(control, `/launches/${id}`)).body as LaunchView;
    if (view.finished) return view;
    await sleep(5);
  }
};

/** A launch that ended in a session which runs. */
const launchSession = async (control: Control): Promise<string> => {
  const { id } = await startLaunch(control);
  await untilFinished(control, id);
  const spec = makeSessionSpec({ id: SESSION, launchId: id });
  const signal = new AbortController().signal;
  await control.runtime.start({ spec, token: 'x', basePath: `/s/${SESSION}/` }, signal);
  await control.directory.refresh();
  return id;
};

describe('the OpenAPI document', () => {
  it('is valid, and has every operation', async () => {
    await using control = await startControl();
    const { body } = await ask(control, '/openapi.json');
    expect(await new Validator().validate(structuredClone(body))).toMatchObject({ valid: true });
    const paths = body['paths'] as Record<string, Record<string, { operationId: string }>>;
    const names = Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
    expect(names.toSorted()).toEqual(Object.keys(OPERATIONS).toSorted());
  });
});

describe('launches of the API', () => {
  it('are created, read, and give the same events as JSON and as a stream', async () => {
    await using control = await startControl();
    const { status, body, response } = await ask(
      control,
      '/launches',
      post({ provider: 'test', spec: '/found/HEAD/' }),
    );
    const { id } = body as LaunchView;
    expect([status, response.headers.get('location')]).toEqual([201, `/api/v1/launches/${id}`]);
    const view = await untilFinished(control, id);
    expect(view).toMatchObject({ phase: 'ready', repo: { provider: 'test', spec: 'found/HEAD' } });
    expect(view.last).toMatchObject({ token: 'the-token', sessionId: SESSION });
    const { body: all } = await ask(control, `/launches/${id}/events`);
    const events = all['events'] as { seq: number }[];
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(all['finished']).toBe(true);
    const rest = (await ask(control, `/launches/${id}/events?after=2`)).body['events'] as unknown[];
    expect(rest).toHaveLength(events.length - 2);
    const stream = await fetch(`${control.url}/api/v1/launches/${id}/events`, {
      headers: { ...streamHeaders, 'last-event-id': `${id}.${events.length - 1}` },
    });
    const [last] = await readBlocks(stream, 1);
    expect(last).toContain(`id: ${id}.${events.length}\n`);
    expect(last).toContain('"phase":"ready"');
  });

  it.each([
    [
      { provider: 'git', spec: '/https%3A%2F%2Fa.example%2Fb/HEAD', directory: 'week/1', path: 'lab/tree/week' },
      {
        repo: { provider: 'git', spec: 'https%3A%2F%2Fa.example%2Fb/HEAD' },
        directory: 'week/1',
        path: 'lab/tree/week',
      },
    ],
    [{ provider: 'test', spec: 'other/HEAD' }, { repo: { provider: 'test', spec: 'other/HEAD' } }],
    [
      { gitPull: 'git-pull?repo=https%3A%2F%2Fa.example%2Fb&branch=main&targetpath=c' },
      { repo: { provider: 'git', spec: 'https%3A%2F%2Fa.example%2Fb/main' }, directory: 'c', isGitPull: true },
    ],
  ])('bring the content %j into their session', async (content, expected) => {
    await using control = await startControl();
    const { body } = await ask(control, '/launches', post({ provider: 'test', spec: 'found/HEAD', content }));
    const { id } = body as LaunchView;
    expect((await untilFinished(control, id)).last).toMatchObject({ phase: 'ready', path: 'lab/tree/content' });
    expect((await control.events.find(id))?.request.content).toEqual(expected);
  });

  it('give their whole log as text, while it is written and afterwards', async () => {
    await using control = await startControl();
    control.images.isThere = false;
    const { id } = await startLaunch(control);
    const whole = fetch(`${control.url}/api/v1/launches/${id}/log`).then((response) => response.text());
    await buildNext(control.builds, [{ phase: 'building', message: 'Step 1\n', at: 1 }]);
    expect(await whole).toMatch(/Looking up[\s\S]*Step 1\n[\s\S]*The session is running at/);
    const again = await fetch(`${control.url}/api/v1/launches/${id}/log?follow=false`);
    expect(await again.text()).toBe(await whole);
    expect(again.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });

  it('are cancelled with everything that they started', async () => {
    await using control = await startControl();
    control.sessions.hang();
    const { id } = await startLaunch(control);
    const { body } = await ask(control, `/launches/${id}`, { method: 'DELETE' });
    expect(body).toMatchObject({ finished: true, phase: 'failed', last: { code: 'LAUNCH_CANCELLED' } });
  });

  it.each([
    ['no body', { method: 'POST' }, 400, 'LAUNCH_REQUEST_INVALID'],
    [
      'a body of another type',
      { method: 'POST', body: 'provider=gh', headers: { 'content-type': 'text/x' } },
      415,
      'LAUNCH_TYPE_INVALID',
    ],
    ['a body that is no JSON', { ...post(''), body: '{' }, 400, 'LAUNCH_REQUEST_INVALID'],
    ['no spec', post({ provider: 'test' }), 400, 'LAUNCH_REQUEST_INVALID'],
    ['an unknown key', post({ provider: 'test', spec: 'a/HEAD', ref: 'x' }), 400, 'LAUNCH_REQUEST_INVALID'],
    [
      'content without a repository',
      post({ provider: 'test', spec: 'a/HEAD', content: { directory: 'x' } }),
      400,
      'LAUNCH_REQUEST_INVALID',
    ],
    [
      'a link that is not of nbgitpuller',
      post({ provider: 'test', spec: 'a/HEAD', content: { gitPull: 'lab/tree/x' } }),
      400,
      'LAUNCH_REQUEST_INVALID',
    ],
    ['another method', { method: 'PUT' }, 405, 'LAUNCH_METHOD_INVALID'],
  ])('refuse %s, and say why to any page', async (...[, init, expected, code]) => {
    await using control = await startControl();
    const { status, body, response } = await ask(control, '/launches', init);
    expect([status, body['code']]).toEqual([expected, code]);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('say which key is wrong', async () => {
    await using control = await startControl();
    const { body } = await ask(control, '/launches', post({ provider: 'test', spec: 'a/HEAD', ref: 'x' }));
    expect(body['message']).toBe('body must not have additional properties (ref).');
  });

  it('that do not exist are not found', async () => {
    await using control = await startControl();
    for (const path of ['', '/events', '/log'])
      expect((await ask(control, `/launches/nobody${path}`)).body).toMatchObject({ code: 'LAUNCH_NOT_FOUND' });
  });
});

describe('sessions of the API', () => {
  it('are listed by the launches that they came of, with the time that is left', async () => {
    await using control = await startControl({ settings });
    const launch = await launchSession(control);
    const { body } = await ask(control, `/sessions?launch=${launch}&launch=nobody`);
    expect(body).toMatchObject({ sessions: [{ id: SESSION, state: 'running' }] });
    const [session] = body['sessions'] as Json[];
    expect(session?.['endsInSeconds']).toBeGreaterThan(1190);
    expect(session?.['url']).toBe(`http://127.0.0.1:8181/s/${SESSION}/`);
    expect((await ask(control, '/sessions')).body).toEqual({ sessions: [] });
    expect((await ask(control, '/sessions', { headers: admin })).body).toMatchObject({ sessions: [{ id: SESSION }] });
  });

  it('open to their token, to the id of their launch and to the operator, and to nobody else', async () => {
    await using control = await startControl({ settings });
    const launch = await launchSession(control);
    const statusWith = async (headers: Record<string, string>): Promise<number> =>
      (await ask(control, `/sessions/${SESSION}`, { headers })).status;
    for (const credential of [control.keys.token(SESSION), launch, 'operators-only'])
      expect(await statusWith(bearer(credential))).toBe(200);
    expect(await statusWith({ authorization: `token ${control.keys.token(SESSION)}` })).toBe(200);
    for (const credential of ['nobody', control.keys.token('another'), SESSION])
      expect(await statusWith(bearer(credential))).toBe(403);
    expect(await statusWith({})).toBe(403);
  });

  it('are extended, but never beyond their maximum age', async () => {
    await using control = await startControl();
    const launch = await launchSession(control);
    const extend = async (body: unknown): Promise<Json> =>
      (await ask(control, `/sessions/${SESSION}/extend`, post(body, bearer(launch)))).body;
    expect((await extend({ seconds: 7200 }))['endsInSeconds']).toBeGreaterThan(7190);
    const longest = await extend({ seconds: 1_000_000 });
    expect(longest['idleEndsAt']).toBe(longest['maxAgeEndsAt']);
    expect((await extend({}))['idleEndsAt']).toBe(longest['maxAgeEndsAt']);
    expect((await extend({ seconds: 0 }))['code']).toBe('LAUNCH_REQUEST_INVALID');
  });

  it('are ended, remember it, and cannot be ended or extended again', async () => {
    await using control = await startControl();
    const launch = await launchSession(control);
    const end = (): ReturnType<typeof ask> =>
      ask(control, `/sessions/${SESSION}`, { method: 'DELETE', headers: bearer(launch) });
    expect((await end()).body).toMatchObject({ state: 'ended', code: 'SESSION_STOPPED' });
    expect(await control.runtime.list()).toEqual([]);
    expect(control.ended).toEqual(['SESSION_STOPPED']);
    expect((await end()).body).toMatchObject({ code: 'SESSION_NOT_RUNNING' });
    expect((await ask(control, `/sessions?launch=${launch}`)).body).toMatchObject({
      sessions: [{ state: 'ended', code: 'SESSION_STOPPED' }],
    });
  });

  it('give their files as a zip archive', async () => {
    await using control = await startControl();
    const launch = await launchSession(control);
    const response = await fetch(`${control.url}/api/v1/sessions/${SESSION}/archive`, { headers: bearer(launch) });
    expect(response.headers.get('content-type')).toBe('application/zip');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="repository.zip"');
    const zip = await fromBufferPromise(Buffer.from(await response.arrayBuffer()));
    const files: Json = {};
    for await (const entry of zip.eachEntry())
      files[entry.fileName] = String(await buffer(await zip.openReadStreamPromise(entry)));
    expect(files).toEqual({ 'index.ipynb': '{}' });
  });
});

describe('builds of the API', () => {
  it('are the operator’s: listed, watched and cancelled', async () => {
    await using control = await startControl({ settings });
    control.images.isThere = false;
    const { id } = await startLaunch(control);
    await control.builds
      .take(new AbortController().signal)
      .then((job) => job?.report({ phase: 'building', message: 'one\n', at: 1 }));
    const { body } = await ask(control, '/builds', { headers: admin });
    const [build] = body['builds'] as Json[];
    expect(build).toMatchObject({ state: 'running', repoUrl: 'https://example.org/repository' });
    const image = encodeURIComponent(String(build?.['image']));
    const log = await fetch(`${control.url}/api/v1/builds/${image}/log`, { headers: admin });
    const reader = log.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toBe('one\n');
    await reader?.cancel();
    expect((await ask(control, `/builds/${image}`, { method: 'DELETE', headers: admin })).status).toBe(200);
    expect((await ask(control, `/launches/${id}`, { method: 'DELETE' })).body).toMatchObject({ finished: true });
    expect((await ask(control, '/builds/nothing', { method: 'DELETE', headers: admin })).status).toBe(404);
  });

  it('are nobody’s without the operator’s token, also when none is set', async () => {
    await using open = await startControl({ settings });
    await using closed = await startControl();
    for (const headers of [{}, bearer('wrong'), bearer('')])
      for (const control of [open, closed]) {
        const { status, body } = await ask(control, '/builds', { headers });
        expect([status, body['code']]).toEqual([403, 'LAUNCH_ADMIN_ONLY']);
      }
  });
});

describe('waiting sessions of the API', () => {
  const put = (body: unknown): RequestInit => ({ ...post(body, admin), method: 'PUT' });
  const demand = { provider: 'test', spec: 'found/HEAD', count: 12 };

  it('are asked for by operators, for a while, and given back', async () => {
    await using control = await startControl({ settings });
    const before = Date.now();
    const { status, body } = await ask(control, '/waiting-sessions/class-of-may', put({ ...demand, seconds: 600 }));
    expect([status, body]).toMatchObject([200, { waiting: 2, demands: [{ ...demand, name: 'class-of-may' }] }]);
    const [{ until } = { until: 0 }] = body['demands'] as { until: number }[];
    expect(until - 600_000).toBeGreaterThanOrEqual(before);
    expect(until - 600_000).toBeLessThanOrEqual(Date.now());
    await ask(control, '/waiting-sessions/class-of-may', put({ ...demand, count: 3 }));
    expect((await ask(control, '/waiting-sessions', { headers: admin })).body).toMatchObject({
      demands: [{ name: 'class-of-may', count: 3 }],
    });
    const { body: left } = await ask(control, '/waiting-sessions/class-of-may', { method: 'DELETE', headers: admin });
    expect(left).toEqual({ waiting: 2, demands: [] });
  });

  it.each([
    { what: 'a repository that does not exist', asked: { spec: 'missing/HEAD' }, code: 'REPO_NOT_FOUND' },
    { what: 'more than may wait', asked: { count: 21 } },
    { what: 'a name that is none', name: 'Class%20A' },
    { what: 'no number', asked: { count: 0 } },
    { what: 'a year', asked: { seconds: 31_536_000 } },
  ])('are refused with a reason for $what', async ({ name = 'class', asked, code = 'LAUNCH_REQUEST_INVALID' }) => {
    await using control = await startControl({ settings });
    const answer = await ask(control, `/waiting-sessions/${name}`, put({ ...demand, ...asked }));
    expect(answer.body).toMatchObject({ code, status: answer.status });
    expect((await ask(control, '/waiting-sessions', { headers: admin })).body).toMatchObject({ demands: [] });
  });

  it('are nobody’s without the operator’s token', async () => {
    await using control = await startControl({ settings });
    for (const init of [{}, { ...put(demand), headers: { 'content-type': 'application/json' } }, { method: 'DELETE' }])
      expect((await ask(control, init.method ? '/waiting-sessions/class' : '/waiting-sessions', init)).status).toBe(
        403,
      );
  });
});
