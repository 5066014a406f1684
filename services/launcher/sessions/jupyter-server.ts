import { request } from 'node:http';
import type { SessionAddress } from '../../contracts/session.ts';
import type { SessionKeys } from './session-access.ts';
import { makeSessionPath } from './session-path.ts';

/** Where the server of a session should answer. */
export type JupyterPlace = { readonly address: SessionAddress; readonly basePath: string };

/** The server of a session, and what opens it. */
export type JupyterServer = JupyterPlace & { readonly token: string };

type Session = { readonly id: string; readonly address: SessionAddress };

/** The server of a session that is at this address. */
export const makeJupyterServer = (keys: Pick<SessionKeys, 'token'>, { id, address }: Session): JupyterServer => ({
  address,
  basePath: makeSessionPath(id),
  token: keys.token(id),
});

type Question = {
  /** Below the base path. */
  readonly path: string;
  readonly method?: 'GET' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** The status of an answer; its body is not waited for. Far cheaper than fetch, for what is asked a hundred times. */
export const askStatus = (
  { address, basePath }: JupyterPlace,
  { path, method = 'GET', headers = {}, body }: Question,
  signal: AbortSignal,
): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const options = { ...address, path: `${basePath}${path}`, method, headers, agent: false, signal };
    const asking = request(options, (response) => {
      resolve(response.statusCode);
      response.destroy();
    });
    asking.on('error', reject).end(body);
  });
