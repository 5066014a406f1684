import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** A host that resolved to addresses which may be connected to. */
export type GuardedHost = { readonly host: string; readonly port: number; readonly addresses: readonly string[] };

/** Why a host was refused. */
export class HostRefusedError extends Error {
  override readonly name = 'HostRefusedError';
}

/** The host has no address at all, or the resolver did not answer. */
export class HostUnresolvedError extends Error {
  override readonly name = 'HostUnresolvedError';
}

/** IANA special-purpose registries (RFC 6890 and later), and the metadata addresses of clouds outside of them. */
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '168.63.129.16/32',
];
/** Everything outside of 2000::/3 is refused as a whole; these are the exceptions inside of it. */
const NOT_PUBLIC_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const makeBlockList = (family: 'ipv4' | 'ipv6', networks: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    list.addSubnet(address, Number(bits), family);
  }
  return list;
};

const blockedV4 = makeBlockList('ipv4', NOT_PUBLIC_V4);
const blockedV6 = makeBlockList('ipv6', NOT_PUBLIC_V6);
const globalV6 = makeBlockList('ipv6', ['2000::/3']);

/** Whether an IP address is global unicast, the only kind that a stranger's address may lead to. */
export const isPublicAddress = (address: string): boolean => {
  if (isIP(address) === 4) return !blockedV4.check(address, 'ipv4');
  return isIP(address) === 6 && globalV6.check(address, 'ipv6') && !blockedV6.check(address, 'ipv6');
};

type Resolve = (host: string) => Promise<readonly string[]>;

const RESOLVE_MS = 10_000;

const lookUp: Resolve = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/** The addresses of a host, never none. A resolver that fails or does not answer in time is a refusal. */
const resolveAddresses = async (host: string, { resolve, timeoutMs }: GuardOptions): Promise<readonly string[]> => {
  if (isIP(host)) return [host];
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('the resolver did not answer in time')), timeoutMs);
  try {
    const addresses = await Promise.race([resolve(host), late.promise]);
    if (addresses.length > 0) return addresses;
    throw new Error('the resolver gave no address');
  } catch (error) {
    throw new HostUnresolvedError(`the host ${host} has no address`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
};

const DEFAULT_PORTS: Record<string, number> = { 'https:': 443, 'http:': 80 };

export type AddressGuard = (url: URL) => Promise<GuardedHost>;

type GuardOptions = { readonly resolve: Resolve; readonly timeoutMs: number };

/** The port to connect to, of a scheme that is fetched from and a host that every program reads in the same way. */
const readPort = ({ protocol, port, hostname }: URL): number => {
  const found = port === '' ? DEFAULT_PORTS[protocol] : Number(port);
  if (found === undefined || DEFAULT_PORTS[protocol] === undefined)
    throw new HostRefusedError(`addresses that start with ${protocol}// are not fetched from`);
  if (hostname.endsWith('.')) throw new HostRefusedError(`${hostname} must be written without a dot at its end`);
  return found;
};

/**
 * Makes the guard that every request to a user-chosen host passes: https (http only where the host is allowed by
 * name), and each address it resolves to must be public unless `allowHosts` names HOST or HOST:PORT.
 * Connect to the returned addresses, not to the name, so that a second look-up cannot answer differently.
 */
export const createAddressGuard = (
  allowHosts: readonly string[],
  resolve: Resolve = lookUp,
  timeoutMs = RESOLVE_MS,
): AddressGuard => {
  const allowed = new Set(allowHosts.map((entry) => entry.toLowerCase()));
  return async (url) => {
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
    const port = readPort(url);
    const isAllowed = allowed.has(url.hostname.toLowerCase()) || allowed.has(`${url.hostname.toLowerCase()}:${port}`);
    if (url.protocol === 'http:' && !isAllowed) throw new HostRefusedError(`${host} must be reached over https`);
    const addresses = await resolveAddresses(host, { resolve, timeoutMs });
    const refused = isAllowed ? undefined : addresses.find((address) => !isPublicAddress(address));
    if (refused !== undefined) throw new HostRefusedError(`${host} is not a public address`);
    return { host, port, addresses };
  };
};
