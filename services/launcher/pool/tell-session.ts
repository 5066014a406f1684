import { askStatus, type JupyterServer } from '../sessions/jupyter-server.ts';

/** A session that waited answers at once; one that does not has ended. */
const ANSWER_MS = 2000;

const put = (server: JupyterServer, variables: Readonly<Record<string, string>>, signal: AbortSignal) => {
  const headers = { authorization: `token ${server.token}`, 'content-type': 'application/json' };
  const body = JSON.stringify(variables);
  return askStatus(server, { path: 'api/slipway/variables', method: 'PUT', headers, body }, signal);
};

/**
 * Gives the server of a session variables for what it starts from now on: `told`; `untold` when it cannot take any, because
 * it is not the server of our base; `silent` when nothing answers. Throws when the signal is aborted.
 */
export const tellSession = async (
  server: JupyterServer,
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
