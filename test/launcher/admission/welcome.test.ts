import { describe, expect, it } from 'vitest';
import { createClientNames } from '../../../services/launcher/admission/client-network.ts';
import { createMemoryRateLimiter } from '../../../services/launcher/admission/rate-limiter.ts';
import { createWelcome } from '../../../services/launcher/admission/welcome.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const create = (launches = 2) => {
  const clock = createFakeClock(1_000_000);
  const blockClients = [{ network: '198.51.100.0/24', reason: 'Ask us first.' }, { network: '2001:db8:bad::/48' }];
  const welcome = createWelcome({
    policy: () => ({ allow: [], block: [], profiles: [], blockClients }),
    limiter: createMemoryRateLimiter({ limit: launches, windowMs: 60_000, clock }),
    nameClient: createClientNames(Buffer.from('secret')),
    settings: { launches },
    clock,
  });
  return { clock, visit: (address: string, hasBuildToken = false) => welcome({ address, hasBuildToken }) };
};

describe('the rate of new launches', () => {
  it('is limited by client, and each answer says what is left', async () => {
    const { visit, clock } = create();
    expect((await visit('203.0.113.1')).headers).toEqual({
      'x-ratelimit-limit': '2',
      'x-ratelimit-remaining': '1',
      'x-ratelimit-reset': '1060',
    });
    clock.advance(20_500);
    expect((await visit('203.0.113.1')).headers['x-ratelimit-remaining']).toBe('0');
    await expect(visit('203.0.113.1')).rejects.toMatchObject({
      code: 'LIMIT_RATE_EXCEEDED',
      details: { retryAfterSeconds: 40, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1060' } },
    });
    expect((await visit('203.0.113.2')).headers['x-ratelimit-remaining']).toBe('1');
  });

  it('allows the next launch exactly when it says so', async () => {
    const { visit, clock } = create(1);
    await visit('203.0.113.1');
    clock.advance(59_999);
    await expect(visit('203.0.113.1')).rejects.toMatchObject({ details: { retryAfterSeconds: 1 } });
    clock.advance(1);
    expect((await visit('203.0.113.1')).client).toBeDefined();
  });

  it('does not count visits with a build token, nor this machine', async () => {
    const { visit } = create(1);
    for (let time = 0; time < 3; time += 1) {
      expect((await visit('203.0.113.1', true)).headers).toEqual({});
      expect(await visit('127.0.0.1')).toEqual({ client: undefined, headers: {} });
    }
  });

  it('is not limited where it is 0', async () => {
    const { visit } = create(0);
    for (let time = 0; time < 3; time += 1) expect((await visit('203.0.113.1')).headers).toEqual({});
  });
});

describe('a blocked network', () => {
  it.each(['198.51.100.7', '2001:db8:bad:1::1'])('is refused: %s', async (address) => {
    await expect(create().visit(address, true)).rejects.toMatchObject({ code: 'LIMIT_CLIENT_BLOCKED' });
  });

  it('is told the reason', async () => {
    await expect(create().visit('198.51.100.7')).rejects.toThrow('Ask us first.');
  });
});
