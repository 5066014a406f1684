import { describe, expect, it } from 'vitest';
import { createClientNames } from '../../../services/launcher/admission/client-network.ts';

const name = createClientNames(Buffer.from('secret'));

describe('clients', () => {
  it.each([
    ['2001:db8:1:2::1', '2001:0DB8:1:2:ffff:ffff:ffff:ffff'],
    ['2001:db8::1', '2001:db8:0:0:1::'],
    ['203.0.113.9', '203.0.113.9'],
    ['fe80::1%eth0', 'fe80::2%eth1'],
  ])('%s and %s are one', (left, right) => {
    expect(name(left)).toBe(name(right));
  });

  it.each([
    ['203.0.113.9', '203.0.113.10'],
    ['2001:db8:1:2::1', '2001:db8:1:3::1'],
  ])('%s and %s are two', (left, right) => {
    expect(name(left)).not.toBe(name(right));
  });

  it('have names that say nothing of their address', () => {
    expect(name('203.0.113.9')).toMatch(/^[0-9a-f]{16}$/);
    expect(createClientNames(Buffer.from('other'))('203.0.113.9')).not.toBe(name('203.0.113.9'));
  });

  it('of this machine are not told apart', () => {
    expect(['127.0.0.1', '127.9.9.9', '::1'].map(name)).toEqual([undefined, undefined, undefined]);
  });
});
