import type { LiveSession } from '../sessions/session-directory.ts';
import { makeSessionPath } from '../sessions/session-path.ts';

const ANSWER_MS = 5000;

const isBusy = (kernel: unknown): boolean =>
  (kernel as { execution_state?: unknown } | null)?.execution_state === 'busy';

/** Asks Jupyter whether a kernel of the session computes. A session that does not answer has none. */
export const hasBusyKernel = async ({ spec, address }: LiveSession, token: string): Promise<boolean> => {
  const url = `http://${address.host}:${address.port}${makeSessionPath(spec.id)}api/kernels?no_track_activity=1`;
  try {
    const headers = { authorization: `token ${token}` };
    const response = await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(ANSWER_MS) });
    const kernels: unknown = await response.json();
    return response.ok && Array.isArray(kernels) && kernels.some(isBusy);
  } catch {
    return false;
  }
};
