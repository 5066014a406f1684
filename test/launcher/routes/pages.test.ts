import * as fc from 'fast-check';
import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../../services/launcher/metrics.ts';
import { startControl, streamHeaders } from '../start-control.ts';

const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

/** Sends a request whose target and headers are not tidied up by fetch; gives the status of the answer. */
const askRaw = (url: string, path: string, headers: Record<string, string> = {}): Promise<number> =>
  new Promise((resolve, reject) => {
    const asking = request(url, { path, headers, agent: false }, (response) => {
      response.on('error', () => undefined).destroy();
      resolve(response.statusCode ?? 0);
    });
    asking.on('error', reject).end();
  });

describe('pages', () => {
  it('are served to browsers with a policy that runs only our own scripts', async () => {
    await using control = await startControl();
    const response = await fetch(`${control.url}/`, { headers: browser });
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('<div id="app">')]);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  });

  it.each([
    ['/v2/test/found/HEAD', 200],
    ['/v2/test/https%3A%2F%2Fexample.org%2Fa/feature%2Fx/?urlpath=lab', 200],
    ['/v2/test/us%20er/repo/HEAD', 200],
    ['/v2/nope/owner/repo/HEAD', 404],
    ['/nothing', 404],
  ])('answer %s with %d', async (path, status) => {
    await using control = await startControl();
    const response = await fetch(`${control.url}${path}`, { headers: browser });
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining('<div id="app">')]);
  });

  it('keep hashed assets for ever, and others not', async () => {
    await using control = await startControl();
    const [asset, icon] = [
      await fetch(`${control.url}/assets/index-abc123.js`),
      await fetch(`${control.url}/favicon.svg`),
    ];
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(asset.headers.get('content-type')).toContain('javascript');
    expect([icon.status, icon.headers.get('cache-control')]).toEqual([200, 'no-cache']);
  });

  it.each(['/nothing', '/assets/nothing.js', '/build/gh', '/_config', '/v2/', '/index.html/'])(
    'say %s does not exist, with a code',
    async (path) => {
      await using control = await startControl();
      const response = await fetch(`${control.url}${path}`);
      expect([response.status, await response.json()]).toEqual([
        404,
        expect.objectContaining({ code: 'LAUNCH_PAGE_NOT_FOUND' }),
      ]);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
    },
  );
});

describe('redirects', () => {
  it.each([
    ['/repo/binderhub-ci-repos/requirements', '/v2/gh/binderhub-ci-repos/requirements/HEAD'],
    ['/repo/binderhub-ci-repos/requirements/', '/v2/gh/binderhub-ci-repos/requirements/HEAD'],
    ['/repo/u/r/a%20b/c', '/v2/gh/u/r/HEAD?urlpath=%2Fa+b%2Fc'],
    ['/repo/u/r/%2F%2Fevil.example', '/v2/gh/u/r/HEAD?urlpath=%2F%2F%2Fevil.example'],
  ])('lead from %s to %s', async (path, location) => {
    await using control = await startControl();
    const response = await fetch(`${control.url}${path}`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, location]);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe('badges', () => {
  it.each(['/badge_logo.svg', '/badge.svg'])('%s is an image that may be cached', async (path) => {
    await using control = await startControl();
    const response = await fetch(`${control.url}${path}`);
    expect(response.headers.get('content-type')).toBe('image/svg+xml');
    expect(response.headers.get('cache-control')).toBe('public, max-age=3600');
    expect(await response.text()).toContain('<title>launch | slipway</title>');
    const headers = { 'if-none-match': response.headers.get('etag') ?? '' };
    expect((await fetch(`${control.url}${path}`, { headers })).status).toBe(304);
  });
});

describe('facts', () => {
  it.each([
    '/',
    '/v2/test/a/HEAD',
    '/badge.svg',
    '/versions',
    '/health',
    '/metrics',
    '/api/repoproviders',
    '/favicon.svg',
  ])('HEAD %s answers as GET does, without a body', async (path) => {
    await using control = await startControl();
    const response = await fetch(`${control.url}${path}`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  it('name the versions as BinderHub does', async () => {
    await using control = await startControl();
    expect(await (await fetch(`${control.url}/versions`)).json()).toMatchObject({
      builder_info: { slipway: '1.2.3' },
      binderhub: '1.2.3',
    });
  });

  it('list the providers in the shape that BinderHub gives them', async () => {
    await using control = await startControl();
    expect(await (await fetch(`${control.url}/api/repoproviders`)).json()).toEqual(control.parts.providers.displays());
  });

  it('give every metric that is documented', async () => {
    await using control = await startControl();
    const response = await fetch(`${control.url}/metrics`);
    const text = await response.text();
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=/);
    for (const { name, type } of METRICS) expect(text).toContain(`# TYPE ${name} ${type}\n`);
    expect(text).toContain('process_cpu_seconds_total');
  });

  it('are healthy while every service is, and ask each of them once however many ask', async () => {
    const asked = { count: 0, isUp: true };
    const check = async (): Promise<void> => {
      asked.count += 1;
      if (!asked.isUp) throw new Error('down');
    };
    await using up = await startControl({ checks: [{ service: 'Docker engine', check }] });
    const answers = await Promise.all([1, 2, 3].map(async () => (await fetch(`${up.url}/health`)).json()));
    const first = [{ service: 'Docker engine', ok: true }, expect.objectContaining({ service: 'Pod quota' })];
    expect(answers).toEqual(answers.map(() => ({ ok: true, checks: first })));
    expect(asked.count).toBe(1);
    asked.isUp = false;
    await using down = await startControl({ checks: [{ service: 'Docker engine', check }] });
    const response = await fetch(`${down.url}/health`);
    expect([response.status, await response.json()]).toEqual([
      503,
      {
        ok: false,
        checks: [{ service: 'Docker engine', ok: false }, expect.objectContaining({ service: 'Pod quota' })],
      },
    ]);
  });

  it.each([
    [3, { quota: 3, ok: false }],
    [4, { quota: 4, ok: true }],
    [0, { quota: null, ok: true }],
  ])('say how full %d places are, as federations read it, and are healthy all the same', async (quota, wanted) => {
    await using control = await startControl({ sessionQuota: quota, countSessions: () => 3 });
    const response = await fetch(`${control.url}/health`);
    const counts = { total_pods: 3, build_pods: 0, user_pods: 3, _ignore_failure: true };
    expect([response.status, await response.json()]).toEqual([
      200,
      { ok: true, checks: [{ service: 'Pod quota', ...counts, ...wanted }] },
    ]);
  });
});

describe('addresses', () => {
  const readLaunch = async (
    control: { url: string; sessions: { requests: unknown[] } },
    headers: Record<string, string>,
  ) => {
    const response = await fetch(`${control.url}/build/test/found/HEAD`, { headers: { ...streamHeaders, ...headers } });
    let text = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      if (text.includes('"phase":"ready"')) break;
    }
    return text;
  };

  it('are those that the operator set, and only then is a reverse proxy believed', async () => {
    const settings = {
      publicUrl: 'https://slipway.example.org',
      sessionUrl: 'https://sessions.example.org/',
      adminToken: '',
      trustedProxies: ['127.0.0.1'],
    };
    await using behindProxy = await startControl({ settings });
    const headers = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-host': 'evil.example' };
    const text = await readLaunch(behindProxy, headers);
    expect(text).toContain('"binder_launch_host":"https://slipway.example.org/"');
    expect(text).toContain('"url":"https://sessions.example.org/s/');
    expect(text).toContain('"binder_client_ip":"203.0.113.9"');
    await using alone = await startControl();
    const other = await readLaunch(alone, headers);
    expect(other).toContain('"binder_client_ip":"127.0.0.1"');
    expect(other).not.toContain('evil.example');
  });

  it.each(['a b', 'host/path', 'user@host', 'host:port', '"', '<script>'])(
    'refuse the Host header %j',
    async (host) => {
      await using control = await startControl();
      await askRaw(control.url, '/build/test/found/HEAD', { ...streamHeaders, host });
      expect(await control.events.unfinished()).toEqual([]);
      expect(control.sessions.requests).toEqual([]);
    },
  );
});

describe('malformed requests', () => {
  it.each(['/build/test/%zz', '/build/%ff/x'])('%s is a stream of one failed event with a code', async (path) => {
    await using control = await startControl();
    const response = await fetch(`${control.url}${path}`, { headers: streamHeaders });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(JSON.parse((await response.text()).replace('data: ', ''))).toMatchObject({
      phase: 'failed',
      code: 'LAUNCH_REQUEST_INVALID',
    });
  });

  it.each(['/v2/test/%E0%A4%A', '/repo/a/%', '/%', '/build/test/%zz'])('%s is 400 with a code', async (path) => {
    await using control = await startControl();
    const response = await fetch(`${control.url}${path}`);
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ code: 'LAUNCH_REQUEST_INVALID' }),
    ]);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('of any kind are never answered with a server error', async () => {
    await using control = await startControl();
    const segment = fc.oneof(
      fc.constantFrom(
        'build',
        'v2',
        'repo',
        'test',
        'gh',
        'assets',
        '..',
        '%2e%2e',
        '%00',
        '%2F',
        '%',
        '',
        '.git',
        'badge.svg',
      ),
      fc.string({ unit: fc.constantFrom(...Array.from('aZ0%-_.~!$&\'()*+,;=:@"<>\\^`{|}[]')), maxLength: 12 }),
    );
    const path = fc.tuple(
      fc.array(segment, { maxLength: 7 }),
      fc.constantFrom('', '?', '?lastEventId=x', '?a=%zz&__proto__=1', '#x'),
    );
    const header = fc.string({ unit: fc.constantFrom(...Array.from('aZ0/;,=.*-q ')), maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(path, header, async ([segments, query], accept) => {
        const target = `/${segments.join('/')}${query}`;
        const status = await askRaw(control.url, target, { accept, 'last-event-id': accept });
        expect([target, status < 500]).toEqual([target, true]);
      }),
      { numRuns: 300 },
    );
  });
});
