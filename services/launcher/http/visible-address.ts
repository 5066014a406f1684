import type { FastifyRequest } from 'fastify';
import type { LaunchRequest } from '../../contracts/launch.ts';
import type { Settings } from '../../contracts/settings.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { makeSubdomainPattern } from '../sessions/session-origin.ts';

export type AddressParts = {
  readonly settings: Pick<Settings, 'publicUrl' | 'sessionUrl'> & Partial<Pick<Settings, 'proxy'>>;
  /** The port that the session listener really has. */
  readonly sessionPort: () => number;
};

const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]{0,252})|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

const withoutSlash = (address: string): string => address.replace(/\/+$/, '');

/** An address of the settings with exactly one slash at its end. */
export const withSlash = (address: string): string => `${withoutSlash(address)}/`;

const readControlUrl = (request: FastifyRequest, publicUrl: string): URL => {
  if (publicUrl !== '') return new URL(publicUrl);
  const { host } = request.headers;
  const url = host !== undefined && HOST.test(host) ? URL.parse(`http://${host}`) : null;
  if (url !== null) return url;
  throw new SlipwayError('LAUNCH_REQUEST_INVALID', { message: 'The Host header is not the name of a host.' });
};

/**
 * The addresses of both listeners as this visitor sees them: what the operator set, else the host that the
 * request names. Throws LAUNCH_REQUEST_INVALID for a malformed Host header.
 */
export const readVisibleAddresses = (
  request: FastifyRequest,
  { settings, sessionPort }: AddressParts,
): Pick<LaunchRequest, 'launchHost' | 'sessionHost'> => {
  const control = readControlUrl(request, settings.publicUrl);
  const besideControl = `${control.protocol}//${control.hostname}:${sessionPort()}`;
  const sessionHost = settings.sessionUrl === '' ? besideControl : withoutSlash(settings.sessionUrl);
  return {
    launchHost: withSlash(control.href),
    sessionHost: settings.proxy?.address === 'subdomain' ? makeSubdomainPattern(sessionHost) : sessionHost,
  };
};
