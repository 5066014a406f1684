import { request } from 'node:http';
import type { SessionAddress } from '../../contracts/session.ts';

/** Where Jupyter should answer. */
export type JupyterPlace = { readonly address: SessionAddress; readonly basePath: string };

/** The status of an answer; its body is not waited for. Far cheaper than fetch, for what is asked a hundred times. */
const askStatus = ({ address, basePath }: JupyterPlace, signal: AbortSignal): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const asking = request({ ...address, path: `${basePath}api`, agent: false, signal }, (response) => {
      resolve(response.statusCode);
      response.destroy();
    });
    asking.on('error', reject).end();
  });

/**
 * Whether Jupyter answers at `api`: with its version, or by asking for the token. Anything else is something else, or
 * too early. Throws when the signal is aborted.
 */
export const isAnswering = async (place: JupyterPlace, signal: AbortSignal): Promise<boolean> => {
  try {
    const status = await askStatus(place, signal);
    return status !== undefined && [200, 401, 403].includes(status);
  } catch {
    signal.throwIfAborted();
    return false;
  }
};
