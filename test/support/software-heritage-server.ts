import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { createContentTar } from '../../services/builder/image/content-tar.ts';

export type SoftwareHeritageServer = AsyncDisposable & {
  /** As the setting softwareHeritage.apiUrl wants it. */
  readonly apiUrl: string;
  readonly host: string;
  /** Archives a directory of this machine under an id. */
  archive(hash: string, directory: string): Promise<void>;
  /** Archives a revision that has a directory. */
  addRevision(hash: string, directory: string): void;
  /** Answers everything with this from now on. */
  answer(status: number, body: string): void;
  /** Makes packing fail with this message. */
  failPacking(message: string): void;
};

type State = {
  readonly bundles: Map<string, Buffer>;
  readonly revisions: Map<string, string>;
  readonly asked: Map<string, number>;
  fixed: { readonly status: number; readonly body: string } | undefined;
  failure: string | undefined;
};

const sendJson = (response: ServerResponse, body: unknown): void => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
};

const notFound = (response: ServerResponse): void => {
  response.statusCode = 404;
  sendJson(response, { exception: 'NotFoundExc', reason: 'it was not found in the archive' });
};

/** The vault is asked, packs, and is done at the third time of asking. */
const answerVault = (state: State, hash: string, response: ServerResponse): void => {
  if (!state.bundles.has(hash)) {
    notFound(response);
    return;
  }
  const asked = (state.asked.get(hash) ?? 0) + 1;
  state.asked.set(hash, asked);
  const swhid = `swh:1:dir:${hash}`;
  const done = state.failure === undefined ? 'done' : 'failed';
  const status = ['new', 'pending'][asked - 1] ?? done;
  const message = status === 'pending' ? 'Processing...' : (state.failure ?? null);
  sendJson(response, {
    swhid,
    status,
    progress_message: message,
    fetch_url: `/api/1/vault/flat/${swhid}/raw/`,
  });
};

const route = (state: State, path: string, response: ServerResponse): void => {
  const [, area, hash = '', raw] =
    /^\/(api\/1\/revision|api\/1\/vault\/flat|blobs)\/(?:swh:1:dir:)?([0-9a-f]{40})\/(raw\/)?$/.exec(path) ?? [];
  const directory = state.revisions.get(hash);
  if (area === 'blobs') response.end(state.bundles.get(hash));
  else if (raw !== undefined) response.writeHead(302, { location: `/blobs/${hash}/` }).end();
  else if (area === 'api/1/vault/flat') answerVault(state, hash, response);
  else if (directory === undefined) notFound(response);
  else sendJson(response, { id: hash, directory, date: '2021-03-04T05:06:07+00:00', type: 'git' });
};

/** Starts a server on a free port of 127.0.0.1 that answers as Software Heritage's API does. */
export const startSoftwareHeritage = async (): Promise<SoftwareHeritageServer> => {
  const state: State = {
    bundles: new Map(),
    revisions: new Map(),
    asked: new Map(),
    fixed: undefined,
    failure: undefined,
  };
  const server = createServer((request, response) => {
    if (state.fixed === undefined) route(state, request.url ?? '', response);
    else response.writeHead(state.fixed.status).end(state.fixed.body);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    apiUrl: `http://${host}/api/1`,
    host,
    archive: async (hash, directory) => {
      const prefix = `swh:1:dir:${hash}/`;
      state.bundles.set(hash, gzipSync(await buffer(createContentTar([{ kind: 'tree', directory, prefix }], 0))));
    },
    addRevision: (hash, directory) => void state.revisions.set(hash, directory),
    answer: (status, body) => void (state.fixed = { status, body }),
    failPacking: (message) => void (state.failure = message),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
