import { askStatus, type JupyterPlace } from './jupyter-server.ts';

/**
 * Whether Jupyter answers at `api`: with its version, or by asking for the token. Anything else is something else, or
 * too early. Throws when the signal is aborted.
 */
export const isAnswering = async (place: JupyterPlace, signal: AbortSignal): Promise<boolean> => {
  try {
    const status = await askStatus(place, { path: 'api' }, signal);
    return status !== undefined && [200, 401, 403].includes(status);
  } catch {
    signal.throwIfAborted();
    return false;
  }
};
