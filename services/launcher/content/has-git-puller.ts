import { askStatus, type JupyterServer } from '../sessions/jupyter-server.ts';

const ANSWER_MS = 5000;

/** Whether the image brings nbgitpuller: its page exists then, and is not found otherwise. */
export const hasGitPuller = async (server: JupyterServer, signal: AbortSignal): Promise<boolean> => {
  const question = { path: 'git-pull', headers: { authorization: `token ${server.token}` } };
  const status = await askStatus(server, question, AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]));
  return status !== 404;
};
