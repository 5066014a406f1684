import { readFileSync } from 'node:fs';
import type { Settings } from '../../contracts/settings.ts';

/** Where systemd keeps the servers behind its own, which listens on the loopback that sessions do not have. */
const FILES = ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf'];

const LOOPBACK = /^(127\.|::1$)/;

const readServers = (file: string): string[] => {
  try {
    const lines = readFileSync(file, 'utf8').matchAll(/^nameserver\s+([0-9A-Fa-f.:]+)\s*$/gm);
    return [...lines].map(([, server = '']) => server).filter((server) => !LOOPBACK.test(server));
  } catch {
    return [];
  }
};

/** The DNS servers that sessions use: the operator's, else those of this machine. Sessions that reach nothing ask themselves. */
export const findNameServers = ({ egress, dns }: Pick<Settings['isolation'], 'egress' | 'dns'>): readonly string[] => {
  if (egress === 'none') return ['127.0.0.1'];
  if (dns.length > 0) return dns;
  return FILES.map(readServers).find((servers) => servers.length > 0) ?? [];
};
