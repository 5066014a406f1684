import { isIPv4 } from 'node:net';
import type { Policy } from '../../contracts/policy.ts';
import { readFirstHalf, renderFirstHalf, type NameClient } from './client-network.ts';
import type { ReadPolicy } from './policy-file.ts';

/** Of larger networks the names of all clients would take too long to make. */
const MOST_CLIENTS = 4096;

const V4_BITS = 32;
/** A client of IPv6 is a /64. */
const V6_BITS = 64;

const parseV4 = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

const renderV4 = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

/** The first 64 bits of an address of IPv6. */
const parseV6 = (address: string): bigint =>
  readFirstHalf(address).reduce((sum, group) => sum * 65_536n + BigInt(group), 0n);

const renderV6 = (value: bigint): string =>
  `${renderFirstHalf([48n, 32n, 16n, 0n].map((shift) => Number((value >> shift) & 0xffffn)))}::`;

/** One address of each client of a network; undefined where they are too many. */
const listAddresses = (network: string): readonly string[] | undefined => {
  const [address = '', given] = network.split('/');
  const isV4 = isIPv4(address);
  const bits = isV4 ? V4_BITS : V6_BITS;
  const count = 2 ** Math.max(0, bits - Number(given ?? bits));
  if (count > MOST_CLIENTS) return undefined;
  const indexes = Array.from({ length: count }, (_, index) => index);
  if (isV4) {
    const first = Math.floor(parseV4(address) / count) * count;
    return indexes.map((index) => renderV4(first + index));
  }
  const first = (parseV6(address) / BigInt(count)) * BigInt(count);
  return indexes.map((index) => renderV6(first + BigInt(index)));
};

const nameAll = ({ blockClients }: Policy, nameClient: NameClient): ReadonlySet<string> => {
  const addresses = blockClients.flatMap(({ network }) => listAddresses(network) ?? []);
  return new Set(addresses.map(nameClient).filter((name) => name !== undefined));
};

/** Whether the policy blocks who a session was started for. Sessions hold names of clients, never their addresses. */
export type IsBlocked = (client: string | undefined) => boolean;

/** Names the clients of the networks that are blocked, again whenever the policy changed; of networks up to a /20, or a /52 of IPv6. */
export const createBlockedClients = (policy: ReadPolicy, nameClient: NameClient): IsBlocked => {
  let known: { readonly policy: Policy; readonly names: ReadonlySet<string> } | undefined;
  return (client) => {
    if (client === undefined) return false;
    const now = policy();
    if (known?.policy !== now) known = { policy: now, names: nameAll(now, nameClient) };
    return known.names.has(client);
  };
};
