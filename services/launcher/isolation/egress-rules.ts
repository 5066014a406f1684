import type { Settings } from '../../contracts/settings.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { makeEgressPolicy, type IpVersion } from './egress-policy.ts';
import { describeChains, makeChains, makeFilterId, renderChains, renderRemoval } from './filter-table.ts';
import type { FilterTables, Firewall } from './firewall.ts';

/**
 * What the sessions of one installation may reach. Promises: after `ensure` the rules are in force for the bridge; what
 * was in force already costs nothing. `repair` looks, and puts back what somebody changed. Throws
 * SESSION_EGRESS_UNENFORCED.
 */
export interface EgressRules {
  ensure(bridge: string): Promise<void>;
  /** Gives whether something had to be put back. */
  repair(bridge: string): Promise<boolean>;
  remove(bridge: string): Promise<void>;
}

export type EgressRulesParts = {
  readonly settings: Settings['isolation'];
  readonly dns: readonly string[];
  readonly instance: string;
  /** The packet filter that a bridge goes through. */
  readonly firewallOf: (bridge: string) => Firewall;
};

type InForce = { readonly bridge: string; readonly description: string };

const createRules = ({ settings, dns, instance, firewallOf }: EgressRulesParts) => {
  const id = makeFilterId(instance);
  const chains = makeChains(id);
  const describe = ({ v4, v6 = '' }: FilterTables): string =>
    [v4, v6].map((saved) => describeChains(saved, chains)).join('\n\n');
  const render = (saved: string | undefined, version: IpVersion, bridge: string): string | undefined => {
    const policy = makeEgressPolicy({ settings, dns, id, refuse: chains.refuse }, version);
    if (saved === undefined) return undefined;
    return policy === undefined ? renderRemoval({ saved, chains }) : renderChains({ saved, chains }, bridge, policy);
  };
  return {
    read: async (bridge: string) => describe(await firewallOf(bridge).save()),
    apply: async (bridge: string): Promise<string> => {
      const firewall = firewallOf(bridge);
      const { v4, v6 } = await firewall.save();
      await firewall.restore({ v4: render(v4, 4, bridge), v6: render(v6, 6, bridge) });
      return describe(await firewall.save());
    },
    remove: async (bridge: string): Promise<void> => {
      const firewall = firewallOf(bridge);
      const { v4, v6 = '' } = await firewall.save();
      const [changes4, changes6] = [v4, v6].map((saved) => renderRemoval({ saved, chains }));
      await firewall.restore({ v4: changes4, v6: changes6 });
    },
  };
};

const explain = (error: unknown): SlipwayError =>
  new SlipwayError('SESSION_EGRESS_UNENFORCED', {
    message: `The rules for what sessions may reach cannot be put in force: ${error instanceof Error ? error.message : String(error)}`,
    cause: error,
  });

/** Sessions that are not filtered need no firewall; where there is one, rules of earlier settings are taken away once. */
const createNoRules = (remove: (bridge: string) => Promise<void>): EgressRules => {
  let removed: Promise<void> | undefined;
  const ensure = (bridge: string): Promise<void> => (removed ??= remove(bridge).catch(() => undefined));
  return { ensure, repair: (bridge) => ensure(bridge).then(() => false), remove: ensure };
};

/** Puts the rules of the settings in force; what this process saw in force is remembered, the packet filter is the truth. */
export const createEgressRules = (parts: EgressRulesParts): EgressRules => {
  const rules = createRules(parts);
  let inForce: InForce | undefined;
  let running: Promise<unknown> = Promise.resolve();
  /** One after another: what one reads before it changes something must still be so when it does. */
  const inTurn = <T>(action: () => Promise<T>): Promise<T> => {
    const turn = running.then(action).catch((error: unknown) => {
      throw explain(error);
    });
    running = turn.catch(() => undefined);
    return turn;
  };
  const apply = async (bridge: string): Promise<void> => {
    inForce = undefined;
    inForce = { bridge, description: await rules.apply(bridge) };
  };
  if (parts.settings.egress === 'open') return createNoRules((bridge) => inTurn(() => rules.remove(bridge)));
  return {
    ensure: async (bridge) => {
      if (inForce?.bridge === bridge) return;
      await inTurn(() => (inForce?.bridge === bridge ? Promise.resolve() : apply(bridge)));
    },
    repair: (bridge) =>
      inTurn(async () => {
        if (inForce?.bridge === bridge && (await rules.read(bridge)) === inForce.description) return false;
        await apply(bridge);
        return true;
      }),
    remove: (bridge) =>
      inTurn(async () => {
        inForce = undefined;
        await rules.remove(bridge);
      }),
  };
};
