import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import type { Firewall } from '../../services/launcher/isolation/firewall.ts';

type Fresh = AsyncDisposable & {
  readonly firewall: Firewall;
  /** Goes into the names of chains that only this test has. */
  readonly id: string;
};

const readRules = async (program: 'iptables' | 'ip6tables', chain: string): Promise<string[]> => {
  const { stdout, failed } = await execa(program, ['--wait', '-S', chain], { reject: false });
  return failed ? [] : stdout.split('\n');
};

/** What every Firewall promises; looks at the machine itself beside it. */
export const firewallContract = (create: () => Promise<Fresh>): void => {
  describe('as a firewall', () => {
    it('adds, shows and removes chains of both versions of IP', async () => {
      await using fresh = await create();
      const chain = `TEST-${fresh.id}`;
      const add = `*filter\n:${chain} - [0:0]\n-A ${chain} -p tcp -j RETURN\nCOMMIT\n`;
      await fresh.firewall.restore({ v4: add, v6: add });
      const saved = await fresh.firewall.save();
      for (const table of [saved.v4, saved.v6]) expect(table).toContain(`-A ${chain} -p tcp -j RETURN`);
      for (const program of ['iptables', 'ip6tables'] as const)
        expect(await readRules(program, chain)).toEqual([`-N ${chain}`, `-A ${chain} -p tcp -j RETURN`]);
      const remove = `*filter\n-F ${chain}\n-X ${chain}\nCOMMIT\n`;
      await fresh.firewall.restore({ v4: remove, v6: remove });
      for (const program of ['iptables', 'ip6tables'] as const) expect(await readRules(program, chain)).toEqual([]);
    });

    it('changes all of a text or nothing, and leaves alone what has no text', async () => {
      await using fresh = await create();
      const chain = `TEST-${fresh.id}`;
      const half = `*filter\n:${chain} - [0:0]\n-A ${chain} -j NO-SUCH-CHAIN\nCOMMIT\n`;
      await expect(fresh.firewall.restore({ v4: half, v6: undefined })).rejects.toThrow(/packet filter/);
      await fresh.firewall.restore({ v4: undefined, v6: undefined });
      for (const program of ['iptables', 'ip6tables'] as const) expect(await readRules(program, chain)).toEqual([]);
    });
  });
};
