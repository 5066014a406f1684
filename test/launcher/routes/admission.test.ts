import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../services/contracts/policy.ts';
import { createClientNames } from '../../../services/launcher/admission/client-network.ts';
import { judgeRepository } from '../../../services/launcher/admission/judge-repository.ts';
import { createMemoryRateLimiter } from '../../../services/launcher/admission/rate-limiter.ts';
import { createWelcome } from '../../../services/launcher/admission/welcome.ts';
import { makeCanonical } from '../../../services/launcher/repo/canonical-repository.ts';
import { systemClock } from '../../../services/platform/clock.ts';
import { startControl, streamHeaders } from '../start-control.ts';

const policy: Policy = {
  allow: [],
  block: [{ repository: 'github.com/somebody/miner' }],
  profiles: [],
  blockClients: [{ network: '198.51.100.0/24', reason: 'Ask us first.' }],
};

const settings = {
  publicUrl: 'https://slipway.example.org',
  sessionUrl: '',
  adminToken: '',
  trustedProxies: ['127.0.0.1'],
};

/** A control listener behind a proxy, which lets each client launch once an hour. */
const start = () => {
  const nameClient = createClientNames(Buffer.from('secret'));
  const limiter = createMemoryRateLimiter({ limit: 1, windowMs: 3_600_000, clock: systemClock });
  const welcome = createWelcome({
    policy: () => policy,
    limiter,
    nameClient,
    settings: { launches: 1 },
    clock: systemClock,
  });
  return startControl({ settings, welcome });
};

const ask = async (url: string, client: string, headers: Record<string, string> = {}) => {
  const leaving = new AbortController();
  const response = await fetch(`${url}/build/test/found/HEAD`, {
    headers: { ...streamHeaders, 'x-forwarded-for': client, ...headers },
    signal: leaving.signal,
  });
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (/"phase":"(ready|failed)"/.test(text)) break;
  }
  return { headers: response.headers, text };
};

describe('a client that asks for too many launches', () => {
  it('is told in the stream and in headers that pages may read when to come back, and starts nothing', async () => {
    await using control = await start();
    const first = await ask(control.url, '203.0.113.9');
    expect(first.text).toContain('"phase":"ready"');
    expect(first.headers.get('x-ratelimit-limit')).toBe('1');
    expect(first.headers.get('x-ratelimit-remaining')).toBe('0');
    const second = await ask(control.url, '203.0.113.9');
    expect(second.text).toContain('"code":"LIMIT_RATE_EXCEEDED"');
    expect(second.text).toMatch(/"retryAfterSeconds":3[56]\d\d/);
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(3500);
    expect(second.headers.get('x-ratelimit-reset')).toBe(first.headers.get('x-ratelimit-reset'));
    expect(second.headers.get('access-control-expose-headers')).toContain('retry-after');
    expect(control.sessions.requests).toHaveLength(1);
  });

  it('may come back to its launch, and does not keep others out', async () => {
    await using control = await start();
    const { text } = await ask(control.url, '203.0.113.9');
    const id = /^id: (\S+)$/m.exec(text)?.[1] ?? '';
    const again = await ask(control.url, '203.0.113.9', { 'last-event-id': id });
    expect(again.text).toContain('"phase":"ready"');
    expect((await ask(control.url, '203.0.113.10')).text).toContain('"phase":"ready"');
  });

  it('cannot pretend to be another one by adding to what the proxy says', async () => {
    await using control = await start();
    await ask(control.url, '203.0.113.9');
    const { text } = await ask(control.url, '192.0.2.1, 203.0.113.9');
    expect(text).toContain('"code":"LIMIT_RATE_EXCEEDED"');
  });
});

describe('a client of a blocked network', () => {
  it('is refused with the reason, and may not use the API either', async () => {
    await using control = await start();
    expect((await ask(control.url, '198.51.100.3')).text).toContain('Ask us first.');
    const response = await fetch(`${control.url}/api/v1/launches`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '198.51.100.3' },
      body: JSON.stringify({ provider: 'test', spec: 'found/HEAD' }),
    });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: 'LIMIT_CLIENT_BLOCKED' });
  });
});

describe('a blocked repository', () => {
  it.each([
    'https://github.com/somebody/miner',
    'https://GitHub.com/Somebody/Miner.git',
    'https://github.com:443/somebody//miner/',
    'https://github.com./somebody/miner',
  ])('is blocked whichever address reaches it: %s', (address) => {
    expect(
      judgeRepository(
        policy,
        makeCanonical(new URL(address), { github: 'github.com', gist: 'gist.github.com', gitlab: 'gitlab.com' }),
      ).kind,
    ).toBe('refused');
  });
});
