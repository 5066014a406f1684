import { createHmac } from 'node:crypto';
import { BlockList, isIP, isIPv4 } from 'node:net';

/** Networks that addresses are compared with; throws RangeError for what is no network. */
export const makeNetworks = (networks: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    const longest = family === 'ipv4' ? 32 : 128;
    if (isIP(address) === 0 || Number(bits ?? longest) > longest) throw new RangeError(`${network} is not a network`);
    list.addSubnet(address, Number(bits ?? longest), family);
  }
  return list;
};

export const isWithin = (networks: BlockList, address: string): boolean =>
  isIP(address) !== 0 && networks.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');

const thisMachine = makeNetworks(['127.0.0.0/8', '::1']);

/** The first four groups of an IPv6 address: what one household or one machine is given. */
export const readFirstHalf = (address: string): readonly number[] => {
  const [head = '', tail = ''] = address.replace(/%.*$/, '').toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const groups = [...left, ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0'), ...right];
  return groups.slice(0, 4).map((group) => Number.parseInt(group, 16));
};

/** Those groups in one spelling. */
export const renderFirstHalf = (groups: readonly number[]): string =>
  groups.map((group) => group.toString(16)).join(':');

/** Names who asks without saying where from; undefined for this machine itself, whose programs are not told apart. */
export type NameClient = (address: string) => string | undefined;

/**
 * Makes the names of clients: the address of IPv4, the /64 of IPv6, hashed with a key of the secret, so that what is
 * stored and labelled holds no address.
 */
export const createClientNames =
  (secret: Buffer): NameClient =>
  (address) => {
    if (isWithin(thisMachine, address)) return undefined;
    const network = isIP(address) === 6 ? renderFirstHalf(readFirstHalf(address)) : address;
    return createHmac('sha256', secret).update(`slipway\nclient\n${network}`).digest('hex').slice(0, 16);
  };
