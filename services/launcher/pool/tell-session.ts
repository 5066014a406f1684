import { request } from 'node:http';
import type { JupyterPlace } from '../sessions/is-answering.ts';

export type ToldServer = JupyterPlace & { readonly token: string };

/** A session that waited answers at once; one that does not has ended. */
const ANSWER_MS = 2000;

const put = (server: ToldServer, variables: Readonly<Record<string, string>>, signal: AbortSignal) =>
  new Promise<number | undefined>((resolve, reject) => {
    const { address, basePath, token } = server;
    const headers = { authorization: `token ${token}`, 'content-type': 'application/json' };
    const path = `${basePath}api/slipway/variables`;
    const asking = request({ ...address, path, method: 'PUT', headers, agent: false, signal }, (response) => {
      resolve(response.statusCode);
      response.destroy();
    });
    asking.on('error', reject).end(JSON.stringify(variables));
  });

/**
 * Gives the server of a session variables for what it starts from now on: `told`; `untold` when it cannot take any, because
 * it is not the server of our base; `silent` when nothing answers. Throws when the signal is aborted.
 */
export const tellSession = async (
  server: ToldServer,
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<'told' | 'untold' | 'silent'> => {
  try {
    const status = await put(server, variables, AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]));
    if (status === undefined || status >= 500) return 'silent';
    return status === 204 ? 'told' : 'untold';
  } catch {
    signal.throwIfAborted();
    return 'silent';
  }
};
