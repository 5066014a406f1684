import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../services/contracts/policy.ts';
import { createBlockedClients } from '../../../services/launcher/admission/blocked-clients.ts';
import { createClientNames } from '../../../services/launcher/admission/client-network.ts';

const nameClient = createClientNames(Buffer.from('secret'));

const block = (...networks: readonly string[]): Policy => ({
  allow: [],
  block: [],
  profiles: [],
  blockClients: networks.map((network) => ({ network })),
});

const isBlocked = (network: string, address: string): boolean =>
  createBlockedClients(() => block(network), nameClient)(nameClient(address));

describe('the clients of a blocked network', () => {
  it.each([
    ['198.51.100.7', '198.51.100.7', '198.51.100.8'],
    ['198.51.100.0/24', '198.51.100.255', '198.51.101.0'],
    ['198.51.100.77/24', '198.51.100.0', '198.51.99.255'],
    ['198.51.96.0/20', '198.51.111.255', '198.51.112.0'],
    ['2001:db8:bad:1::5', '2001:db8:bad:1::6', '2001:db8:bad:2::5'],
    ['2001:db8:bad::/52', '2001:0DB8:bad:fff::1', '2001:db8:bad:1000::1'],
    ['2001:db8:1:2:3:4:5:6/128', '2001:db8:1:2::', '2001:db8:1:3::'],
    ['::/64', '::1:0:0:1', '0:0:0:1::'],
  ])('%s are known by their names: %s is one, %s is not', (network, inside, outside) => {
    expect([isBlocked(network, inside), isBlocked(network, outside)]).toEqual([true, false]);
  });

  it('are not looked for in networks that are too large', () => {
    expect(isBlocked('198.51.0.0/16', '198.51.100.7')).toBe(false);
  });

  it('are never this machine, and are those of the policy as it is now', () => {
    let policy = block('127.0.0.1');
    const blocked = createBlockedClients(() => policy, nameClient);
    expect(blocked(nameClient('127.0.0.1'))).toBe(false);
    policy = block('203.0.113.9');
    expect(blocked(nameClient('203.0.113.9'))).toBe(true);
    policy = block();
    expect(blocked(nameClient('203.0.113.9'))).toBe(false);
  });
});
