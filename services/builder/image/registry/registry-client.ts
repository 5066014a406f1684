import { createHash } from 'node:crypto';
import type { Clock } from '../../../platform/clock.ts';
import { createSendAuthorized, type RegistryCredentials } from './authorize.ts';
import { INDEX_TYPES, MANIFEST_TYPES, parseImageManifest, type ImageManifest } from './image-manifest.ts';
import { makeResponseError, RegistryError } from './registry-error.ts';
import { createSend, type RegistryRequest } from './send-request.ts';

/** What a registry can be asked for and told. Failures are RegistryError; only 404 means absent. */
export type RegistryClient = {
  /** Whether a repository has a manifest under a tag or digest, of whatever type. */
  hasManifest(repository: string, reference: string, signal: AbortSignal): Promise<boolean>;
  /** The manifest of one image; an index of several is refused. */
  readManifest(repository: string, reference: string, signal: AbortSignal): Promise<ImageManifest>;
  /** A blob as a whole, with its digest checked. */
  readBlob(repository: string, digest: string, signal: AbortSignal): Promise<Buffer>;
  /** Makes a blob of the repository `from` one of `to` without sending it; false where the registry does not do that. */
  mountBlob(
    digest: string,
    path: { readonly from: string; readonly to: string },
    signal: AbortSignal,
  ): Promise<boolean>;
  /** Sends a blob, unless the repository has it. */
  uploadBlob(
    repository: string,
    blob: { readonly digest: string; readonly body: Blob },
    signal: AbortSignal,
  ): Promise<void>;
  writeManifest(
    repository: string,
    tag: { readonly tag: string; readonly manifest: ImageManifest },
    signal: AbortSignal,
  ): Promise<void>;
};

export type RegistryClientOptions = {
  /** `https://host:port` */
  readonly origin: string;
  readonly credentials: RegistryCredentials;
  readonly clock: Clock;
};

const UPLOAD_TIMEOUT_MS = 600_000;

/** What to ask, for access to what; `accepted` are the statuses that answer it. */
type Question = RegistryRequest & { readonly access: string; readonly accepted: readonly number[] };

/** Asks one registry; credentials go there only, not to where it may redirect an upload. */
const createAsk = ({ origin, credentials, clock }: RegistryClientOptions) => {
  const send = createSend(clock);
  const sendAuthorized = createSendAuthorized(send, credentials);
  return async ({ access, accepted, ...request }: Question, signal: AbortSignal): Promise<Response> => {
    const isOwn = request.url.origin === origin;
    const response = isOwn ? await sendAuthorized(request, access, signal) : await send(request, signal);
    if (accepted.includes(response.status)) return response;
    throw await makeResponseError(`${request.method} ${request.url.pathname}`, response);
  };
};

const finish = async (response: Response): Promise<Response> => {
  await response.body?.cancel();
  return response;
};

type Requests = {
  readonly ask: (question: Question, signal: AbortSignal) => Promise<Response>;
  readonly at: (repository: string, rest: string) => URL;
};

const createReads = ({ ask, at }: Requests): Pick<RegistryClient, 'hasManifest' | 'readManifest' | 'readBlob'> => ({
  hasManifest: async (repository, reference, signal) => {
    const url = at(repository, `manifests/${reference}`);
    const headers = { accept: [...INDEX_TYPES, ...MANIFEST_TYPES].join(', ') };
    const question = { method: 'HEAD', url, headers, accepted: [200, 404], access: `pull ${repository}` } as const;
    return (await finish(await ask(question, signal))).status === 200;
  },
  readManifest: async (repository, reference, signal) => {
    const url = at(repository, `manifests/${reference}`);
    const headers = { accept: MANIFEST_TYPES.join(', ') };
    const question = { method: 'GET', url, headers, accepted: [200], access: `pull ${repository}` } as const;
    return parseImageManifest(await (await ask(question, signal)).text());
  },
  readBlob: async (repository, digest, signal) => {
    const url = at(repository, `blobs/${digest}`);
    const response = await ask({ method: 'GET', url, accepted: [200], access: `pull ${repository}` }, signal);
    const bytes = Buffer.from(await response.arrayBuffer());
    if (`sha256:${createHash('sha256').update(bytes).digest('hex')}` === digest) return bytes;
    throw new RegistryError(`GET ${url.pathname}: what came is not what was asked for.`);
  },
});

const createWrites = ({ ask, at }: Requests): Pick<RegistryClient, 'mountBlob' | 'uploadBlob' | 'writeManifest'> => ({
  mountBlob: async (digest, { from, to }, signal) => {
    const url = at(to, 'blobs/uploads/');
    url.search = new URLSearchParams({ mount: digest, from }).toString();
    const question = { method: 'POST', url, accepted: [201, 202], access: `push ${to}, pull ${from}` } as const;
    return (await finish(await ask(question, signal))).status === 201;
  },
  uploadBlob: async (repository, { digest, body }, signal) => {
    const access = `push ${repository}`;
    const known = { method: 'HEAD', url: at(repository, `blobs/${digest}`), accepted: [200, 404], access } as const;
    if ((await finish(await ask(known, signal))).status === 200) return;
    const start = { method: 'POST', url: at(repository, 'blobs/uploads/'), accepted: [202], access } as const;
    const begun = await finish(await ask(start, signal));
    const url = new URL(begun.headers.get('location') ?? '', start.url);
    url.searchParams.set('digest', digest);
    const headers = { 'content-type': 'application/octet-stream' };
    const upload = { method: 'PUT', url, headers, body, timeoutMs: UPLOAD_TIMEOUT_MS } as const;
    await finish(await ask({ ...upload, accepted: [201], access }, signal));
  },
  writeManifest: async (repository, { tag, manifest }, signal) => {
    const url = at(repository, `manifests/${tag}`);
    const headers = { 'content-type': manifest.mediaType };
    const body = new Blob([JSON.stringify(manifest)]);
    const question = { method: 'PUT', url, headers, body, accepted: [201], access: `push ${repository}` } as const;
    await finish(await ask(question, signal));
  },
});

/** A client of the OCI distribution API. */
export const createRegistryClient = (options: RegistryClientOptions): RegistryClient => {
  const ask = createAsk(options);
  const at = (repository: string, rest: string): URL => new URL(`${options.origin}/v2/${repository}/${rest}`);
  return { ...createReads({ ask, at }), ...createWrites({ ask, at }) };
};
