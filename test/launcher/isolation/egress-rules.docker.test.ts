import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../../services/cli/read-settings.ts';
import type { Settings } from '../../../services/contracts/settings.ts';
import { createEgressRules } from '../../../services/launcher/isolation/egress-rules.ts';
import { makeChains, makeFilterId } from '../../../services/launcher/isolation/filter-table.ts';
import { createFirewall } from '../../../services/launcher/isolation/firewall.ts';
import { createHelperScript } from '../../../services/launcher/isolation/helper-script.ts';
import { runScriptHere } from '../../../services/launcher/isolation/local-script.ts';
import { createSessionIsolation } from '../../../services/launcher/isolation/session-isolation.ts';
import {
  createSessionNetwork,
  makeBridgeName,
  removeSessionNetwork,
} from '../../../services/launcher/sessions/session-network.ts';
import { firewallContract } from '../../conformance/firewall.ts';
import { ensureTestBase } from '../../support/base-image.ts';
import { connectTestEngine } from '../../support/docker-engine.ts';

const engine = connectTestEngine();
const defaults = readSettings({}, {}).isolation;
let image = '';
let count = 0;

beforeAll(async () => {
  image = (await ensureTestBase(engine)).name;
});

const here = createFirewall(runScriptHere);
const there = createFirewall(
  createHelperScript({ engine, instance: `test-rules-${process.pid}`, findImage: async () => image }),
);

const createFresh = (firewall: typeof here) => async () => ({
  firewall,
  id: `${process.pid}-${(count += 1)}`,
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

const save = async (program = 'iptables-save'): Promise<string[]> =>
  (await execa(program, ['-t', 'filter'])).stdout.split('\n');

/** What is asked first of all that is forwarded; there may be more than one installation. */
const firstRule = async (): Promise<string | undefined> =>
  (await save()).find((line) => line.startsWith('-A DOCKER-USER '));

/** A network of sessions with no session on it. */
const createNetwork = async (settings: Partial<Settings['isolation']> = {}) => {
  const instance = `test-rules-${process.pid}-${(count += 1)}`;
  const bridge = makeBridgeName(await createSessionNetwork({ engine, instance })());
  const open = () =>
    createEgressRules({ settings: { ...defaults, ...settings }, dns: [], instance, firewallOf: () => here });
  const chains = makeChains(makeFilterId(instance));
  const ours = async (program?: string): Promise<string[]> => {
    const lines = await save(program);
    return lines.filter((line) => line.includes(chains.forward) || line.includes(chains.input));
  };
  const rules = open();
  const dispose = async (): Promise<void> => {
    await createEgressRules({ settings: defaults, dns: [], instance, firewallOf: () => here }).remove(bridge);
    await removeSessionNetwork({ engine, instance });
  };
  return { instance, bridge, rules, open, chains, ours, [Symbol.asyncDispose]: dispose };
};

describe('the firewall of this process', () => {
  firewallContract(createFresh(here));
});
describe('the firewall of a helper container', () => {
  firewallContract(createFresh(there));
});

describe('the egress rules', () => {
  it('name only the bridge of the sessions, come before all others, and go without a trace', async () => {
    await using network = await createNetwork();
    const { bridge, rules, chains } = network;
    await rules.ensure(bridge);
    for (const program of ['iptables-save', 'ip6tables-save']) {
      const jumps = (await network.ours(program)).filter((line) => /^-A (?!SLIPWAY)/.test(line));
      expect(jumps).toHaveLength(2);
      for (const jump of jumps) expect(jump).toContain(` -i ${bridge} -j SLIPWAY-`);
    }
    expect(await firstRule()).toContain(' -j SLIPWAY-');
    await rules.remove(bridge);
    await removeSessionNetwork({ engine, instance: network.instance });
    const after = [await save(), await save('ip6tables-save')].flat();
    expect(after.filter((line) => [bridge, chains.forward, chains.input].some((name) => line.includes(name)))).toEqual(
      [],
    );
  });

  it('are put back when somebody takes them away or puts something before them, and left alone otherwise', async () => {
    await using network = await createNetwork();
    const { bridge, rules, chains } = network;
    await rules.ensure(bridge);
    const wanted = await network.ours();
    expect(await rules.repair(bridge)).toBe(false);
    await execa('iptables', ['--wait', '-F', chains.forward]);
    expect(await rules.repair(bridge)).toBe(true);
    expect(await network.ours()).toEqual(wanted);
    await execa('iptables', ['--wait', '-D', 'INPUT', '-i', bridge, '-j', chains.input]);
    expect(await rules.repair(bridge)).toBe(true);
    const intruder = ['DOCKER-USER', '-i', bridge, '-j', 'ACCEPT'];
    await execa('iptables', ['--wait', '-I', ...intruder]);
    try {
      expect(await rules.repair(bridge)).toBe(true);
      expect(await firstRule()).toContain(' -j SLIPWAY-');
    } finally {
      await execa('iptables', ['--wait', '-D', ...intruder]);
    }
    expect(await network.ours()).toEqual(wanted);
  });

  it('of a later process replace those of an earlier one', async () => {
    await using network = await createNetwork();
    await network.rules.ensure(network.bridge);
    const wanted = await network.ours();
    await network.open().ensure(network.bridge);
    expect(await network.ours()).toEqual(wanted);
  });

  it('are taken away where the settings want none', async () => {
    await using network = await createNetwork({ egress: 'open' });
    const { instance, bridge, rules } = network;
    await createEgressRules({ settings: defaults, dns: [], instance, firewallOf: () => here }).ensure(bridge);
    expect(await network.ours()).not.toEqual([]);
    await rules.ensure(bridge);
    expect(await network.ours()).toEqual([]);
  });

  it('that cannot be put in force are an error, and no session is started without them', async () => {
    await using network = await createNetwork();
    const broken = createFirewall(() => Promise.reject(new Error('no iptables')));
    const rules = createEgressRules({
      settings: defaults,
      dns: [],
      instance: network.instance,
      firewallOf: () => broken,
    });
    const refusal = { code: 'SESSION_EGRESS_UNENFORCED', message: expect.stringContaining('no iptables') };
    await expect(rules.ensure(network.bridge)).rejects.toMatchObject(refusal);
    await expect(rules.repair(network.bridge)).rejects.toMatchObject(refusal);
  });

  it('are changed here where the bridge is, and by a container where it is not', async () => {
    const settings = readSettings({}, { SLIPWAY_IMAGE_PREFIX: 'slipway-test/' });
    await using network = await createNetwork();
    const { egress } = createSessionIsolation({ engine, instance: network.instance, settings });
    await egress.ensure(network.bridge);
    const wanted = await network.ours();
    expect(wanted.length).toBeGreaterThan(20);
    await egress.remove('br-elsewhere');
    expect(await network.ours()).toEqual([]);
  });
});
