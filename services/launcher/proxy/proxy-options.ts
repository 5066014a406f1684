import type { Settings } from '../../contracts/settings.ts';
import { makeSubdomainPattern } from '../sessions/session-origin.ts';
import type { SessionServerParts } from './route-request.ts';

/** What the settings say about the session listener. */
export const makeProxyOptions = ({
  proxy,
  sessionUrl,
}: Pick<Settings, 'proxy' | 'sessionUrl'>): Pick<SessionServerParts, 'limits' | 'address' | 'publicUrl'> => ({
  address: proxy.address,
  publicUrl: sessionUrl !== '' && proxy.address === 'subdomain' ? makeSubdomainPattern(sessionUrl) : sessionUrl,
  limits: {
    connections: proxy.connections,
    bytesPerSecond: proxy.mibPerSecond * 1024 * 1024,
    silenceMs: proxy.silenceSeconds * 1000,
  },
});
