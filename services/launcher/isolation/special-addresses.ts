/**
 * What no session reaches: this machine, private networks and the metadata services of clouds, which are link-local
 * (169.254.169.254, 169.254.170.2), shared (100.100.100.200), reserved (192.0.0.192), or among public ones (Azure's).
 */
export const SPECIAL_IPV4: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** The same of IPv6, with what carries IPv4 addresses inside: mapped, translated, Teredo and 6to4. */
export const SPECIAL_IPV6: readonly string[] = [
  '::/8',
  '64:ff9b::/32',
  '100::/8',
  '2001::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];
