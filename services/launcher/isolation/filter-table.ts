import { createHash } from 'node:crypto';
import type { EgressPolicy } from './egress-policy.ts';

/** The chains of one installation, and what leads to them. */
export type Chains = { readonly forward: string; readonly input: string; readonly refuse: string };

const PREFIX = 'SLIPWAY-';

/** A short name of an installation for the kernel, whose names of chains and counters are short. */
export const makeFilterId = (instance: string): string =>
  createHash('sha256').update(instance).digest('hex').slice(0, 12);

export const makeChains = (id: string): Chains => ({
  forward: `${PREFIX}${id}-FWD`,
  input: `${PREFIX}${id}-IN`,
  refuse: `${PREFIX}${id}-NO`,
});

const isOurs = (line: string, chains: Chains): boolean => {
  const words = line.split(' ');
  return Object.values(chains).some((chain) => words.includes(chain) || words.includes(`:${chain}`));
};

const withoutCounters = (line: string): string => line.replace(/ \[\d+:\d+\]$/, '');

/** Docker asks the chain for operators before its own; where it has none, the chain that all traffic goes through. */
const forwardParent = (saved: string): string => (/^:DOCKER-USER /m.test(saved) ? 'DOCKER-USER' : 'FORWARD');

/** Whether nothing that is not Slipway's decides before the jumps of these chains do. */
const areJumpsFirst = (saved: string, chains: Chains): boolean =>
  [forwardParent(saved), 'INPUT'].every((parent) => {
    const rules = saved.split('\n').filter((line) => line.startsWith(`-A ${parent} `));
    const last = rules.findLastIndex((line) => isOurs(line, chains));
    return rules.slice(0, last + 1).every((line) => line.includes(` -j ${PREFIX}`));
  });

/** What a saved table says of these chains, for comparing with what it said before. */
export const describeChains = (saved: string, chains: Chains): string =>
  [
    ...saved
      .split('\n')
      .filter((line) => isOurs(line, chains))
      .map(withoutCounters),
    areJumpsFirst(saved, chains) ? 'first' : 'not first',
  ].join('\n');

const removeJumps = (saved: string, chains: Chains): string[] =>
  saved
    .split('\n')
    .filter((line) => line.startsWith('-A ') && isOurs(line, chains) && !line.startsWith(`-A ${PREFIX}`))
    .map((line) => line.replace(/^-A/, '-D'));

const makeTable = (lines: readonly string[]): string => ['*filter', ...lines, 'COMMIT', ''].join('\n');

type Change = { readonly saved: string; readonly chains: Chains };

/** The input of iptables-restore that puts a policy in force for a bridge, in one step, in place of what was there. */
export const renderChains = ({ saved, chains }: Change, bridge: string, policy: EgressPolicy): string => {
  const { forward, input, refuse } = chains;
  return makeTable([
    ...Object.values(chains).map((chain) => `:${chain} - [0:0]`),
    ...policy.refuse.map((rule) => `-A ${refuse} ${rule}`),
    ...policy.forward.map((rule) => `-A ${forward} ${rule}`),
    ...policy.input.map((rule) => `-A ${input} ${rule}`),
    ...removeJumps(saved, chains),
    `-I ${forwardParent(saved)} 1 -i ${bridge} -j ${forward}`,
    `-I INPUT 1 -i ${bridge} -j ${input}`,
  ]);
};

/** The input of iptables-restore that removes the chains; undefined when there is nothing of them. */
export const renderRemoval = ({ saved, chains }: Change): string | undefined => {
  const present = Object.values(chains).filter((chain) => saved.includes(`:${chain} `));
  if (present.length === 0) return undefined;
  return makeTable([
    ...removeJumps(saved, chains),
    ...present.map((chain) => `-F ${chain}`),
    ...present.map((chain) => `-X ${chain}`),
  ]);
};
