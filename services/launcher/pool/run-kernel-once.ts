import type { JupyterServer } from '../sessions/jupyter-server.ts';

const ANSWER_MS = 30_000;

const ask = ({ address, basePath, token }: JupyterServer, method: 'POST' | 'DELETE', path: string): Promise<Response> =>
  fetch(`http://${address.host}:${address.port}${basePath}${path}`, {
    method,
    headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
    redirect: 'manual',
    signal: AbortSignal.timeout(ANSWER_MS),
    ...(method === 'POST' ? { body: '{}' } : {}),
  });

/** Starts the default kernel and ends it again, so that all that it reads is in memory. A server without one stays as it is. */
export const runKernelOnce = async (server: JupyterServer, signal: AbortSignal): Promise<void> => {
  try {
    const { id } = (await (await ask(server, 'POST', 'api/kernels')).json()) as { readonly id?: string };
    if (id !== undefined) await ask(server, 'DELETE', `api/kernels/${encodeURIComponent(id)}`);
  } catch {
    signal.throwIfAborted();
  }
};
