import { BinderRepository } from '@jupyterhub/binderhub-client/client.js';
import { EventSource } from 'eventsource';
import { connect } from 'node:net';
import { once } from 'node:events';
import { EventSource as EventSourceOfBrowsers } from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReadyEvent } from '../../../services/contracts/launch-event.ts';
import type { EventLog } from '../../../services/launcher/events/event-log.ts';
import { SlipwayError } from '../../../services/contracts/slipway-error.ts';
import { startCuttingRelay } from '../../support/cutting-relay.ts';
import { launch } from '../../support/launch-stream.ts';
import { createMemoryEventLog } from '../../support/memory-event-log.ts';
import { COMMIT, IMAGE } from '../create-launcher.ts';
import { dataOf, readBlocks, startControl, streamHeaders, type StreamData } from '../start-control.ts';

type Data = StreamData;

const fetchBlocks = async (url: string, count: number, headers: Record<string, string> = {}): Promise<string[]> =>
  readBlocks(await fetch(url, { headers: { ...streamHeaders, ...headers } }), count);

/** An event log that says nothing until it is let. */
const holdEvents = (events: EventLog, opened: Promise<void>): EventLog => ({
  ...events,
  append: async (launchId, event) => {
    await opened;
    return events.append(launchId, event);
  },
});

const idOf = (block: string | undefined): string => /^id: (.*)$/m.exec(block ?? '')?.[1] ?? '';

describe('the event stream of a launch', () => {
  it('reaches a plain EventSource, numbered, and ends in everything that BinderHub clients need', async () => {
    await using control = await startControl();
    const { events, ids, ready } = await launch(control.url, 'test/found/HEAD');
    const { host, port } = new URL(control.url);
    expect(ready).toMatchObject({
      url: 'http://127.0.0.1:8181/s/abcdefghijklmnopqrstuvwxyz/',
      token: 'the-token',
      enterUrl: 'http://127.0.0.1:8181/s/abcdefghijklmnopqrstuvwxyz/enter?code=the-code',
      image: expect.stringMatching(IMAGE),
      repo_url: 'https://example.org/repository',
      binder_ref_url: `https://example.org/repository/tree/${COMMIT}`,
      binder_launch_host: `http://${host}/`,
      binder_request: 'v2/test/found/HEAD',
      binder_persistent_request: `v2/test/found/${COMMIT}`,
      binder_client_ip: '127.0.0.1',
    });
    expect(Number(port)).toBeGreaterThan(0);
    expect(ids.map((id) => Number(id.split('.')[1]))).toEqual(events.map((_, index) => index + 1));
    expect(new Set(ids.map((id) => id.split('.')[0])).size).toBe(1);
  });

  it('has one unnamed data line for each event, and the headers of an event stream', async () => {
    await using control = await startControl();
    const response = await fetch(`${control.url}/build/test/found/HEAD`, { headers: streamHeaders });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      'access-control-allow-origin': '*',
      'x-accel-buffering': 'no',
    });
    for (const block of await readBlocks(response, 6)) expect(block).toMatch(/^id: [\w-]{22}\.\d\ndata: \{.*\}$/);
  });

  it('sends heartbeats, and stays open after the last event until its time is over', async () => {
    await using control = await startControl({ streamTimes: { heartbeatMs: 10, holdOpenMs: 200 } });
    const response = await fetch(`${control.url}/build/test/found/HEAD`, { headers: streamHeaders });
    const text = await response.text();
    const afterReady = text.slice(text.indexOf('"phase":"ready"'));
    expect(afterReady).toContain('\n: heartbeat\n\n');
  });

  it('gives the raw spec to the provider, without slashes at its end', async () => {
    await using control = await startControl();
    await fetchBlocks(`${control.url}/build/test/https%3A%2F%2Fexample.org%2Fa%2fB/feature%2Fx//?x=%zz`, 6);
    expect(control.sessions.requests.map(({ request }) => request)).toEqual([
      'v2/test/https%3A%2F%2Fexample.org%2Fa%2fB/feature%2Fx',
    ]);
  });

  it.each([
    ['nope/owner/repo/HEAD', 'REPO_PROVIDER_UNKNOWN', 1],
    ['test/missing', 'REPO_NOT_FOUND', 2],
    ['test/broken', 'LAUNCH_INTERNAL', 2],
  ])('answers %s with 200 and %s', async (spec, code, count) => {
    await using control = await startControl();
    const { events, failed } = await launch(control.url, spec);
    expect(failed).toMatchObject({ phase: 'failed', code, hint: expect.any(String), message: expect.any(String) });
    expect(events).toHaveLength(count);
  });

  it('tells of a session that is gone when it is asked for again', async () => {
    const gone = () => {
      throw new SlipwayError('SESSION_NOT_FOUND');
    };
    await using control = await startControl({ sessions: { access: gone } });
    const blocks = await fetchBlocks(`${control.url}/build/test/found/HEAD`, 6);
    expect(dataOf(blocks.at(-1))).toMatchObject({ phase: 'failed', code: 'SESSION_NOT_FOUND' });
  });

  it.each(['*/*', 'application/json', 'text/event-stream;q=0', ''])('is not given to Accept: %s', async (accept) => {
    await using control = await startControl();
    const response = await fetch(`${control.url}/build/test/found/HEAD`, { headers: { accept } });
    expect([response.status, await response.json()]).toEqual([
      406,
      expect.objectContaining({ code: 'LAUNCH_ACCEPT_INVALID' }),
    ]);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(control.sessions.requests).toEqual([]);
  });

  it.each(['text/event-stream, */*', 'text/html, Text/Event-Stream;q=0.5', 'text/event-stream; charset=utf-8'])(
    'is given to Accept: %s',
    async (accept) => {
      await using control = await startControl();
      expect(await fetchBlocks(`${control.url}/build/test/found/HEAD`, 6, { accept })).toHaveLength(6);
    },
  );

  it('starts nothing for HEAD and OPTIONS', async () => {
    await using control = await startControl();
    const ask = (method: string, path = '') =>
      fetch(`${control.url}/build/test/found/HEAD${path}`, { method, headers: streamHeaders });
    expect([(await ask('HEAD')).status, (await ask('OPTIONS')).status]).toEqual([200, 204]);
    expect(await control.events.unfinished()).toEqual([]);
    expect(control.sessions.requests).toEqual([]);
  });

  it.each(['true', 'True'])('ends with the image when build_only is %s, and starts no session', async (value) => {
    await using control = await startControl();
    const blocks = await fetchBlocks(`${control.url}/build/test/found/HEAD?build_only=${value}`, 4);
    const imageName = expect.stringMatching(IMAGE) as string;
    expect(dataOf(blocks.at(-2))).toMatchObject({ phase: 'built', imageName });
    expect(Object.keys(dataOf(blocks.at(-1)))).toEqual(['phase', 'message', 'at', 'imageName']);
    expect(dataOf(blocks.at(-1))).toMatchObject({ phase: 'ready', imageName });
    expect(control.sessions.requests).toEqual([]);
  });

  it('is another one for a visitor who asks for a session after the image', async () => {
    await using control = await startControl();
    const url = `${control.url}/build/test/found/HEAD`;
    const [first] = await fetchBlocks(`${url}?build_only=true`, 4);
    const blocks = await fetchBlocks(url, 6, { 'last-event-id': idOf(first) });
    expect(dataOf(blocks.at(-1))).toMatchObject({ phase: 'ready', token: 'the-token' });
  });

  it('lets pages of other hosts send the headers that clients send', async () => {
    await using control = await startControl();
    const response = await fetch(`${control.url}/build/test/found/HEAD`, { method: 'OPTIONS' });
    const allowed = response.headers.get('access-control-allow-headers')?.split(', ');
    expect(allowed).toEqual([
      'accept',
      'authorization',
      'cache-control',
      'content-type',
      'last-event-id',
      'x-xsrftoken',
    ]);
  });
});

describe('a client that comes back', () => {
  it('goes on after its last event and starts nothing new', async () => {
    await using control = await startControl();
    const url = `${control.url}/build/test/found/HEAD`;
    const whole = await fetchBlocks(url, 6);
    const rest = await fetchBlocks(url, 4, { 'last-event-id': idOf(whole[1]) });
    expect(rest).toEqual(whole.slice(2));
    expect(await fetchBlocks(`${url}?lastEventId=${idOf(whole[3])}`, 2)).toEqual(whole.slice(4));
    expect(control.sessions.requests).toHaveLength(1);
  });

  it.each([
    ['an unknown id', 'AAAAAAAAAAAAAAAAAAAAAA.3'],
    ['something else', '17'],
    ['a negative place', 'AAAAAAAAAAAAAAAAAAAAAA.-1'],
    ['nothing', ''],
  ])('with %s starts anew', async (_name, id) => {
    await using control = await startControl();
    const blocks = await fetchBlocks(`${control.url}/build/test/found/HEAD`, 6, { 'last-event-id': id });
    expect(idOf(blocks[0])).toMatch(/\.1$/);
  });

  it('with the id of another link starts anew', async () => {
    await using control = await startControl();
    const other = await fetchBlocks(`${control.url}/build/test/other/HEAD`, 6);
    const blocks = await fetchBlocks(`${control.url}/build/test/found/HEAD`, 6, { 'last-event-id': idOf(other[3]) });
    expect(idOf(blocks[0])).not.toContain(idOf(other[0]).split('.')[0]);
    expect(control.sessions.requests).toHaveLength(2);
  });

  it('before its first event goes on with its launch too', async () => {
    const events = createMemoryEventLog();
    const opened = Promise.withResolvers<void>();
    const launcher = { events: holdEvents(events, opened.promise) };
    await using control = await startControl({ launcher, streamTimes: { retryMs: 20 } });
    await using relay = await startCuttingRelay(Number(new URL(control.url).port));
    const source = new EventSourceOfBrowsers(`${relay.url}/build/test/found/HEAD`);
    const ids: string[] = [];
    source.addEventListener('message', ({ lastEventId }) => ids.push(lastEventId));
    await vi.waitFor(() => expect(relay.requests).toHaveLength(2), { timeout: 15_000, interval: 20 });
    opened.resolve();
    await vi.waitFor(() => expect(ids).toHaveLength(6), { timeout: 15_000, interval: 20 });
    source.close();
    const [launchId] = ids[0]?.split('.') ?? [];
    expect(relay.requests[1]).toContain(`last-event-id: ${launchId}.0\r\n`);
    expect(ids).toEqual([1, 2, 3, 4, 5, 6].map((seq) => `${launchId}.${seq}`));
    expect(control.sessions.requests).toHaveLength(1);
  });

  it('as EventSource does, sees every event exactly once, however often the connection breaks', async () => {
    await using control = await startControl({ streamTimes: { retryMs: 20 } });
    control.images.isThere = false;
    const source = new EventSource(`${control.url}/build/test/found/HEAD`);
    const seen: Data[] = [];
    const waitFor = (message: string): Promise<void> =>
      vi.waitFor(() => expect(seen.map((event) => event.message)).toContain(message), {
        timeout: 15_000,
        interval: 20,
      });
    source.addEventListener('message', ({ data }) => seen.push(JSON.parse(data as string) as Data));
    const job = await control.builds.take(new AbortController().signal);
    for (const message of ['one\n', 'two\n', 'three\n']) {
      await job?.report({ phase: 'building', message, at: 1 });
      await waitFor(message);
      control.app.server.closeAllConnections();
    }
    await job?.finish({ ok: true, imageName: job.request.imageName });
    await vi.waitFor(() => expect(seen.at(-1)?.phase).toBe('ready'), { timeout: 15_000, interval: 20 });
    source.close();
    const built = seen.filter(({ phase }) => phase === 'building').map(({ message }) => message);
    expect(built).toEqual(['one\n', 'two\n', 'three\n']);
    expect(seen.map(({ phase }) => phase).filter((phase) => phase === 'ready')).toHaveLength(1);
    expect(control.sessions.requests).toHaveLength(1);
  });
});

describe("BinderHub's own client", () => {
  beforeEach(() => {
    vi.stubGlobal('window', globalThis);
    const ignore = (): void => undefined;
    vi.stubGlobal('document', { cookie: '', addEventListener: ignore, removeEventListener: ignore });
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  const readAll = async (url: string, spec: string, options: { buildOnly?: boolean } = {}): Promise<Data[]> => {
    const repository = new BinderRepository(spec, new URL(`${url}/build/`), options);
    const events: Data[] = [];
    for await (const event of repository.fetch()) {
      events.push(event);
      if (event.phase === 'ready' || event.phase === 'failed') repository.close();
    }
    return events;
  };

  it('gets to a session', async () => {
    await using control = await startControl();
    const events = await readAll(control.url, 'test/found/HEAD');
    const ready = events.at(-1) as (ReadyEvent & { token: string }) | undefined;
    expect(events.map(({ phase }) => phase)).toEqual([
      'waiting',
      'waiting',
      'built',
      'launching',
      'launching',
      'ready',
    ]);
    expect([ready?.url, ready?.token]).toEqual(['http://127.0.0.1:8181/s/abcdefghijklmnopqrstuvwxyz/', 'the-token']);
  });

  it('gets an image when it wants no more', async () => {
    await using control = await startControl();
    const events = await readAll(control.url, 'test/found/HEAD', { buildOnly: true });
    expect(events.at(-1)).toMatchObject({ phase: 'ready', imageName: expect.stringMatching(IMAGE) as string });
  });

  it('may leave before there is a session', async () => {
    await using control = await startControl();
    control.images.isThere = false;
    const repository = new BinderRepository('test/found/HEAD', new URL(`${control.url}/build/`));
    const phases: unknown[] = [];
    for await (const event of repository.fetch()) {
      phases.push(event.phase);
      if (phases.length === 2) repository.close();
    }
    expect(phases).not.toContain('failed');
    await vi.waitFor(async () => expect(await control.parts.metrics.render()).toContain('slipway_event_streams 0'));
  });

  it('is told why there is none', async () => {
    await using control = await startControl();
    expect((await readAll(control.url, 'nope/x/HEAD')).at(-1)).toMatchObject({
      phase: 'failed',
      message: 'There is no repository provider of the name nope.\n',
    });
  });
});

describe('a stream', () => {
  it('ends at once when the server closes, and the launch with it stays unfinished', async () => {
    const control = await startControl();
    control.sessions.hang();
    const response = await fetch(`${control.url}/build/test/found/HEAD`, { headers: streamHeaders });
    const reading = response.text();
    await vi.waitFor(() => expect(control.sessions.requests).toHaveLength(1));
    await control[Symbol.asyncDispose]();
    expect(await reading).not.toContain('failed');
    expect(await control.events.unfinished()).toHaveLength(1);
  });

  it('does not hold the server up when its client does not read', async () => {
    const control = await startControl();
    control.images.isThere = false;
    const socket = connect(Number(new URL(control.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.pause();
    socket.write('GET /build/test/found/HEAD HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n');
    const job = await control.builds.take(new AbortController().signal);
    for (let index = 0; index < 3000; index += 1)
      await job?.report({ phase: 'building', message: 'x'.repeat(4096), at: index });
    await job?.finish({ ok: true, imageName: job.request.imageName });
    await vi.waitFor(() => expect(control.sessions.requests).toHaveLength(1), { timeout: 10_000 });
    await control[Symbol.asyncDispose]();
    socket.destroy();
    expect(await control.events.unfinished()).toEqual([]);
  });

  it('is counted while it is open, and forgotten when its client leaves', async () => {
    await using control = await startControl();
    control.sessions.hang();
    const leaving = new AbortController();
    const open = async (): Promise<string> => {
      const text = await (await fetch(`${control.url}/metrics`)).text();
      return /^slipway_event_streams (\d+)$/m.exec(text)?.[1] ?? '';
    };
    const stream = await fetch(`${control.url}/build/test/found/HEAD`, {
      headers: streamHeaders,
      signal: leaving.signal,
    });
    expect([stream.status, await open()]).toEqual([200, '1']);
    leaving.abort();
    await vi.waitFor(async () => expect(await open()).toBe('0'));
  });
});
