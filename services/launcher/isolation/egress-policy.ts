import type { Settings } from '../../contracts/settings.ts';
import { SPECIAL_IPV4, SPECIAL_IPV6 } from './special-addresses.ts';

export type IpVersion = 4 | 6;

/** The rules of one bridge, as arguments of iptables without the chain. */
export type EgressPolicy = {
  /** For what goes from a session to other machines, or to another session. */
  readonly forward: readonly string[];
  /** For what goes from a session to this machine itself. */
  readonly input: readonly string[];
  /** For what either refuses. */
  readonly refuse: readonly string[];
};

export type PolicyOptions = {
  readonly settings: Pick<
    Settings['isolation'],
    'egress' | 'egressPorts' | 'egressAllow' | 'egressDeny' | 'connectionsPerSecond'
  >;
  readonly dns: readonly string[];
  /** The chain that refuses. */
  readonly refuse: string;
  /** Tells the counters of two installations apart; at most 12 characters. */
  readonly id: string;
};

const DNS_PORT = 53;

/** Answers to the proxy, and to what was allowed before. */
const ANSWERS = '-m conntrack --ctstate RELATED,ESTABLISHED -j RETURN';

/** Refusals that the session learns of at once; silence would be a wait of minutes for its user. */
const refuse = (version: IpVersion): string[] => [
  '-p tcp -j REJECT --reject-with tcp-reset',
  `-j REJECT --reject-with ${version === 4 ? 'icmp-admin-prohibited' : 'icmp6-adm-prohibited'}`,
];

const versionOf = (address: string): IpVersion => (address.includes(':') ? 6 : 4);

type Target = { readonly address: string; readonly port: string | undefined };

/** `ADDRESS`, `ADDRESS:PORT`, `[ADDRESS]` or `[ADDRESS]:PORT`, each with /BITS or without. */
const parseTarget = (text: string): Target => {
  const [, inBrackets, plain, port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? [];
  return { address: inBrackets ?? plain ?? '', port };
};

const allowTargets = ({ settings, dns }: PolicyOptions, version: IpVersion): string[] => {
  const targets = settings.egressAllow.map(parseTarget).filter(({ address }) => versionOf(address) === version);
  const servers = dns.filter((address) => versionOf(address) === version);
  return [
    ...servers.flatMap((address) =>
      ['udp', 'tcp'].map((protocol) => `-d ${address} -p ${protocol} -m ${protocol} --dport ${DNS_PORT} -j RETURN`),
    ),
    ...targets.map(({ address, port }) => `-d ${address} -p tcp${port ? ` -m tcp --dport ${port}` : ''} -j RETURN`),
  ];
};

const denyTargets = ({ settings, refuse }: PolicyOptions, version: IpVersion): string[] => {
  const special = version === 4 ? SPECIAL_IPV4 : SPECIAL_IPV6;
  const denied = settings.egressDeny.filter((address) => versionOf(address) === version);
  return [...special, ...denied].map((address) => `-d ${address} -j ${refuse}`);
};

const limitConnections = ({ settings, id, refuse }: PolicyOptions, version: IpVersion): string => {
  const { connectionsPerSecond: rate } = settings;
  const counter = `--hashlimit-mode srcip --hashlimit-name sw${version}${id}`;
  const limit = `-m hashlimit --hashlimit-above ${rate}/sec --hashlimit-burst ${rate * 2} ${counter}`;
  return `-p tcp -m conntrack --ctstate NEW ${limit} -j ${refuse}`;
};

const allowPorts = ({ settings: { egressPorts } }: PolicyOptions): string[] =>
  egressPorts.length === 0 ? [] : [`-p tcp -m multiport --dports ${egressPorts.join(',')} -j RETURN`];

/** IPv6 finds its neighbours by ICMP; without it not even the proxy reaches a session. */
const NEIGHBOURS = ['neighbour-solicitation', 'neighbour-advertisement'].map(
  (type) => `-p ipv6-icmp -m icmp6 --icmpv6-type ${type} -j RETURN`,
);

/** What the settings mean for one version of IP; undefined where sessions are not filtered at all. Pure. */
export const makeEgressPolicy = (options: PolicyOptions, version: IpVersion): EgressPolicy | undefined => {
  const { egress } = options.settings;
  if (egress === 'open') return undefined;
  const always = [ANSWERS, ...(version === 6 ? NEIGHBOURS : [])];
  const last = `-j ${options.refuse}`;
  if (egress === 'none') return { forward: [...always, last], input: [...always, last], refuse: refuse(version) };
  const allowed = allowTargets(options, version);
  const outside = [...denyTargets(options, version), limitConnections(options, version), ...allowPorts(options)];
  return {
    forward: [...always, ...allowed, ...outside, last],
    input: [...always, ...allowed, last],
    refuse: refuse(version),
  };
};
