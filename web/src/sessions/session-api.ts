import type { SessionList, SessionView } from '../../../services/contracts/api/sessions.ts';
import type { KeptLaunch } from './kept-launches.ts';

/** A session and the launch that opens it. */
export type OwnSession = { readonly launch: KeptLaunch; readonly view: SessionView };

const fail = async (response: Response): Promise<never> => {
  const body = (await response.json().catch(() => ({}))) as { readonly message?: string; readonly hint?: string };
  throw new Error([body.message ?? 'The server did not answer as expected.', body.hint].filter(Boolean).join(' '));
};

const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
  const response = await fetch(`/api/v1${path}`, init);
  return response.ok ? response : fail(response);
};

type Sent = { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

const askFor = (path: string, { id }: KeptLaunch, sent: Sent = {}): Promise<Response> =>
  ask(path, { ...sent, headers: { authorization: `Bearer ${id}`, ...sent.headers } });

/** The sessions of these launches. Throws an Error whose message is for people. */
export const listSessions = async (launches: readonly KeptLaunch[]): Promise<readonly OwnSession[]> => {
  const sessions = launches.map(async (launch) => {
    const response = await ask(`/sessions?launch=${encodeURIComponent(launch.id)}`);
    return ((await response.json()) as SessionList).sessions.map((view) => ({ launch, view }));
  });
  return (await Promise.all(sessions)).flat();
};

/** Keeps a session for so long without use. */
export const extendSession = async ({ launch, view }: OwnSession, seconds: number): Promise<void> => {
  const headers = { 'content-type': 'application/json' };
  await askFor(`/sessions/${view.id}/extend`, launch, { method: 'POST', headers, body: JSON.stringify({ seconds }) });
};

export const stopSession = async ({ launch, view }: OwnSession): Promise<void> => {
  await askFor(`/sessions/${view.id}`, launch, { method: 'DELETE' });
};

/** Its files as a zip archive. */
export const fetchArchive = async ({ launch, view }: OwnSession): Promise<Blob> =>
  (await askFor(`/sessions/${view.id}/archive`, launch)).blob();
