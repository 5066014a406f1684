import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SlipwayError } from '../contracts/slipway-error.ts';

export type Endpoint = { readonly host: string; readonly port: number };

const toCatalogue = (error: unknown, { host, port }: Endpoint): unknown => {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE')
    return new SlipwayError('CONFIG_PORT_IN_USE', { message: `Port ${port} of ${host} is in use.` });
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new SlipwayError('CONFIG_ADDRESS_UNAVAILABLE', {
      message: `The server cannot listen on ${host}, port ${port} (${code}).`,
    });
  }
  return error;
};

/** Listens and gives the port, which the system chose when 0 was asked for. Throws CONFIG_PORT_IN_USE and the like. */
export const listen = async (server: Server, endpoint: Endpoint): Promise<number> => {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(toCatalogue(error, endpoint) as Error));
    server.listen(endpoint.port, endpoint.host, resolve);
  });
  return (server.address() as AddressInfo).port;
};

/** Fails early, before any long work, when a port cannot be had. */
export const checkPortFree = async (endpoint: Endpoint): Promise<void> => {
  if (endpoint.port === 0) return;
  const probe = createServer();
  await listen(probe, endpoint);
  await new Promise<void>((resolve) => {
    probe.close(() => resolve());
  });
};
