import { isIP } from 'node:net';

/** The origin of every session: an address whose first label stands for the id. */
export const makeSubdomainPattern = (origin: string): string => {
  const { protocol, hostname, port } = new URL(origin);
  // An address has no sub-domains; every name below localhost is this machine.
  const host = isIP(hostname.replaceAll(/[[\]]/g, '')) === 0 ? hostname : 'localhost';
  return `${protocol}//*.${host}${port === '' ? '' : `:${port}`}`;
};

/** The origin of one session: its own where sessions have sub-domains, else that of all of them. */
export const makeSessionOrigin = (sessionHost: string, id: string): string => sessionHost.replace('//*.', `//${id}.`);
