import type { JupyterPlace } from '../sessions/is-answering.ts';

const ANSWER_MS = 5000;

/** Whether the image brings nbgitpuller: its page exists then, and is not found otherwise. */
export const hasGitPuller = async (
  { address, basePath }: JupyterPlace,
  token: string,
  signal: AbortSignal,
): Promise<boolean> => {
  const response = await fetch(`http://${address.host}:${address.port}${basePath}git-pull`, {
    headers: { authorization: `token ${token}` },
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
  });
  await response.body?.cancel();
  return response.status !== 404;
};
