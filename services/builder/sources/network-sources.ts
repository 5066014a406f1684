import type { IncomingMessage } from 'node:http';
import type { ErrorCode } from '../../contracts/errors.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { HostRefusedError, type AddressGuard } from '../../platform/address-guard.ts';
import type { RunGit } from '../../platform/git-command.ts';
import { candidateRefs, findCommit, isRefName } from '../../platform/git-ref.ts';
import { createGuardedRequest, type GuardedRequest } from '../../platform/guarded-request.ts';
import type { MovingSources } from './moving-sources.ts';

export type NetworkSourcesParts = {
  readonly git: RunGit;
  readonly guard: AddressGuard;
  /** The longest that one answer may take. */
  readonly timeoutMs: number;
};

const MAX_BYTES = 2 ** 20;
const MAX_VERSION = 200;
const ABSENT = [404, 410];

/** What an address may be shown as: a query can hold a secret. */
const show = ({ origin, pathname }: URL): string => `${origin}${pathname}`;

const sourceError = (code: ErrorCode, url: URL, problem: string): SlipwayError =>
  new SlipwayError(code, { message: `${show(url)} ${problem}.` });

const toSourceError = (thrown: unknown, url: URL): SlipwayError => {
  if (thrown instanceof SlipwayError) return thrown;
  if (thrown instanceof HostRefusedError)
    return new SlipwayError('SOURCE_REFUSED', {
      message: `${show(url)} is not fetched: ${thrown.message}.`,
      cause: thrown,
    });
  const message = `${show(url)} cannot be reached: its server did not answer.`;
  return new SlipwayError('SOURCE_UNREACHABLE', { message, cause: thrown });
};

/** Runs one request within its time; what it throws becomes an error that names the address. */
const ask = async <Result>(
  url: URL,
  { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
  run: (limited: AbortSignal) => Promise<Result>,
): Promise<Result> => {
  try {
    return await run(AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
  } catch (error) {
    signal.throwIfAborted();
    throw toSourceError(error, url);
  }
};

const readBody = async (response: IncomingMessage, url: URL): Promise<Uint8Array> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw sourceError('SOURCE_TOO_LARGE', url, 'is larger than any file of requirements');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

const checkStatus = ({ statusCode = 0 }: IncomingMessage, url: URL): void => {
  if (ABSENT.includes(statusCode)) throw sourceError('SOURCE_NOT_FOUND', url, 'does not exist');
  if (statusCode >= 500 || statusCode === 429)
    throw sourceError('SOURCE_UNREACHABLE', url, `cannot be read now: its server answers with status ${statusCode}`);
};

const readFile = async (request: GuardedRequest, url: URL, signal: AbortSignal): Promise<Uint8Array> => {
  const response = await request(url, { signal });
  try {
    checkStatus(response, url);
    const { statusCode = 0 } = response;
    if (statusCode !== 200)
      throw sourceError('SOURCE_NOT_FOUND', url, `cannot be read: its server answers with status ${statusCode}`);
    return await readBody(response, url);
  } finally {
    response.destroy();
  }
};

const findVersion = async (request: GuardedRequest, url: URL, signal: AbortSignal): Promise<string | undefined> => {
  const response = await request(url, { method: 'HEAD', signal });
  response.destroy();
  checkStatus(response, url);
  const { etag, 'last-modified': date, 'content-length': size } = response.headers;
  if (response.statusCode !== 200 || (etag ?? date) === undefined) return undefined;
  const version = etag ?? `${date} ${size ?? ''}`;
  return version
    .replaceAll(/[^\x21-\x7e ]/g, '?')
    .trim()
    .slice(0, MAX_VERSION);
};

/** Why `git ls-remote` failed, from what it prints in the C locale. */
const explainGit = (stderr: string, url: URL): SlipwayError =>
  /not found|could not read Username|Authentication failed|returned error: (?:30|40)\d/i.test(stderr)
    ? sourceError('SOURCE_NOT_FOUND', url, 'is no public Git repository')
    : sourceError('SOURCE_UNREACHABLE', url, 'did not answer as a Git repository');

/** The sources of requirements on the network: Git by ls-remote, files over https. Keeps the promises of MovingSources. */
export const createNetworkSources = ({ git, guard, timeoutMs }: NetworkSourcesParts): MovingSources => {
  const request = createGuardedRequest(guard);
  return {
    findCommit: (repository, ref, signal) =>
      ask(repository, { signal, timeoutMs }, async () => {
        if (!isRefName(ref)) return undefined;
        const args = ['ls-remote', '--quiet', '--', repository.href, ...candidateRefs(ref)];
        const { exitCode, stdout, stderr } = await git(args, { timeoutMs, remote: repository, guard, signal });
        if (exitCode !== 0) throw explainGit(stderr, repository);
        return findCommit(stdout, ref);
      }),
    readFile: (address, signal) =>
      ask(address, { signal, timeoutMs }, (limited) => readFile(request, address, limited)),
    findVersion: (address, signal) =>
      ask(address, { signal, timeoutMs }, (limited) => findVersion(request, address, limited)),
  };
};
