import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../services/cli/read-settings.ts';
import { makeEgressPolicy, type PolicyOptions } from '../../../services/launcher/isolation/egress-policy.ts';

const policy = (settings: Partial<PolicyOptions['settings']>, version: 4 | 6 = 4, dns: readonly string[] = []) =>
  makeEgressPolicy(
    { settings: { ...readSettings({}, {}).isolation, ...settings }, dns, id: 'abc', refuse: 'NO' },
    version,
  );

const REFUSED = '-j NO';

describe('the egress policy', () => {
  it('lets answers through first and refuses what nothing allowed last, whatever the settings', () => {
    for (const egress of ['filtered', 'none'] as const) {
      const { forward = [], input = [] } = policy({ egress }) ?? {};
      for (const rules of [forward, input]) {
        expect(rules[0]).toBe('-m conntrack --ctstate RELATED,ESTABLISHED -j RETURN');
        expect(rules.at(-1)).toBe(REFUSED);
      }
    }
    expect(policy({ egress: 'open' })).toBeUndefined();
  });

  it('allows nothing else where sessions reach nothing', () => {
    const none = policy({ egress: 'none', egressAllow: ['10.0.0.1'] }, 4, ['10.0.0.53']);
    expect(none?.forward.filter((rule) => rule.endsWith('RETURN'))).toHaveLength(1);
    expect(none?.input).toEqual(none?.forward);
  });

  it('refuses every special address before a port is looked at', () => {
    const forward = policy({ egressDeny: ['198.51.100.0/24'] })?.forward ?? [];
    const ports = forward.findIndex((rule) => rule.includes('--dports 80,443,9418'));
    for (const address of ['169.254.0.0/16', '10.0.0.0/8', '168.63.129.16/32', '198.51.100.0/24']) {
      const refused = forward.indexOf(`-d ${address} ${REFUSED}`);
      expect(refused).toBeGreaterThan(0);
      expect(refused).toBeLessThan(ports);
    }
  });

  it('lets the DNS servers and what the operator allowed be reached, on this machine too, each in its own version', () => {
    const settings = { egressAllow: ['10.1.2.3:3128', '10.9.0.0/16', '[fd00::1]:80', '[fd00::/8]'] };
    const dns = ['10.0.0.53', 'fd00::53'];
    const allowed = (version: 4 | 6) =>
      (policy(settings, version, dns)?.input ?? []).filter((rule) => rule.startsWith('-d'));
    expect(allowed(4)).toEqual([
      '-d 10.0.0.53 -p udp -m udp --dport 53 -j RETURN',
      '-d 10.0.0.53 -p tcp -m tcp --dport 53 -j RETURN',
      '-d 10.1.2.3 -p tcp -m tcp --dport 3128 -j RETURN',
      '-d 10.9.0.0/16 -p tcp -j RETURN',
    ]);
    expect(allowed(6).slice(2)).toEqual([
      '-d fd00::1 -p tcp -m tcp --dport 80 -j RETURN',
      '-d fd00::/8 -p tcp -j RETURN',
    ]);
  });

  it('limits how many connections begin, before it allows their ports', () => {
    const forward = policy({ connectionsPerSecond: 7 })?.forward ?? [];
    expect(forward.at(-3)).toContain('--hashlimit-above 7/sec --hashlimit-burst 14 --hashlimit-mode srcip');
    expect(policy({ egressPorts: [] })?.forward.some((rule) => rule.includes('multiport'))).toBe(false);
  });

  it.each(['10.0.0.1; id', '-j ACCEPT', '10.0.0.1\n-A INPUT', 'example.org', '10.0.0.1:http'])(
    'has no room for anything but addresses in its settings: %j',
    (entry) => {
      const file = { SLIPWAY_ISOLATION_EGRESS_ALLOW: entry };
      expect(() => readSettings({}, file)).toThrow(/not valid/);
      expect(() => readSettings({}, { SLIPWAY_ISOLATION_EGRESS_DENY: entry })).toThrow(/not valid/);
      expect(() => readSettings({}, { SLIPWAY_ISOLATION_DNS: entry })).toThrow(/not valid/);
      expect(() => readSettings({}, { SLIPWAY_ISOLATION_EGRESS_PORTS: entry })).toThrow(/not valid/);
    },
  );
});
