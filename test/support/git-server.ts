import { execa } from 'execa';
import { spawn } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFiles, type GitFiles } from './git-files.ts';
import { importCommit } from './git-import.ts';

/** A repository as the server offers it: the address to clone, and its newest commit. */
export type ServedRepository = { readonly url: string; readonly commit: string };

export type RequestCounts = { readonly total: number; readonly infoRefs: number; readonly uploadPack: number };

export type GitServer = AsyncDisposable & {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** `127.0.0.1:<port>`, as `--allow-host` wants it. */
  readonly host: string;
  createRepository(name: string, files: GitFiles): Promise<ServedRepository>;
  createRepositoryFrom(name: string, directory: string): Promise<ServedRepository>;
  /** Adds or replaces files on the default branch and gives the new commit. */
  commit(name: string, files: GitFiles, message: string): Promise<string>;
  /** Lets a repository be fetched without its files, as the large hosts do. */
  allowPartialClones(served: ServedRepository): Promise<void>;
  requests(): RequestCounts;
};

const GIT_ENVIRONMENT = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };

const git = async (cwd: string, args: readonly string[]): Promise<string> =>
  (await execa('git', [...args], { cwd, env: GIT_ENVIRONMENT })).stdout;

/** Writes the header block of a CGI answer onto a response; the rest of the bytes are its body. */
const writeCgiHead = (head: string, response: ServerResponse): void => {
  for (const line of head.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    const value = line.slice(colon + 1).trim();
    if (line.slice(0, colon) === 'Status') response.statusCode = Number(value.slice(0, 3));
    else if (colon > 0) response.setHeader(line.slice(0, colon), value);
  }
};

const cgiEnvironment = (root: string, request: IncomingMessage): NodeJS.ProcessEnv => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const header = (name: string): string => String(request.headers[name] ?? '');
  return {
    ...GIT_ENVIRONMENT,
    PATH: process.env['PATH'],
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'uploadpack.allowAnySHA1InWant',
    GIT_CONFIG_VALUE_0: 'true',
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_PROTOCOL: header('git-protocol'),
    REQUEST_METHOD: request.method,
    PATH_INFO: decodeURIComponent(url.pathname),
    QUERY_STRING: url.search.slice(1),
    CONTENT_TYPE: header('content-type'),
    CONTENT_LENGTH: header('content-length'),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    REMOTE_ADDR: '127.0.0.1',
  };
};

/** `program` is git's own answer to a request, without the git command that would start it. */
const runCgi = (
  { program, root }: { readonly program: string; readonly root: string },
  request: IncomingMessage,
  response: ServerResponse,
): void => {
  const backend = spawn(program, {
    env: cgiEnvironment(root, request),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let head: Buffer | undefined = Buffer.alloc(0);
  backend.stdin.on('error', () => undefined);
  request.pipe(backend.stdin);
  response.on('close', () => backend.kill());
  const onChunk = (chunk: Buffer): void => {
    if (head === undefined) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    writeCgiHead(head.subarray(0, end).toString('latin1'), response);
    response.write(head.subarray(end + 4));
    head = undefined;
  };
  backend.stdout.on('data', onChunk);
  backend.on('close', () => response.end());
};

/**
 * Starts a real smart-HTTP git server on a free port of an address of this machine. Commits are made at a fixed time, so equal
 * files give equal commit ids; any commit of a repository may be fetched by its id.
 */
export const startGitServer = async (address = '127.0.0.1'): Promise<GitServer> => {
  const home = await mkdtemp(join(tmpdir(), 'git-server-'));
  const [served, empty] = [join(home, 'served'), join(home, 'empty')];
  const counts = { total: 0, infoRefs: 0, uploadPack: 0 };
  await mkdir(served);
  await git(home, ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', empty]);
  const program = join(await git(home, ['--exec-path']), 'git-http-backend');

  const server = createServer((request, response) => {
    counts.total += 1;
    if (request.url?.includes('/info/refs')) counts.infoRefs += 1;
    if (request.method === 'POST' && request.url?.endsWith('/git-upload-pack')) counts.uploadPack += 1;
    runCgi({ program, root: served }, request, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, address, resolve));
  const host = `${address}:${(server.address() as AddressInfo).port}`;

  const place = (name: string): string => join(served, `${name}.git`);
  const create = async (name: string, files: GitFiles): Promise<ServedRepository> => {
    await cp(empty, place(name), { recursive: true });
    const commit = await importCommit(place(name), { files, message: 'first', hasParent: false });
    return { url: `http://${host}/${name}.git`, commit };
  };

  return {
    url: `http://${host}`,
    host,
    createRepository: create,
    createRepositoryFrom: async (name, directory) => create(name, await readFiles(directory)),
    commit: (name, files, message) => importCommit(place(name), { files, message, hasParent: true }),
    allowPartialClones: ({ url }) =>
      appendFile(join(served, new URL(url).pathname, 'config'), '[uploadpack]\n\tallowFilter = true\n'),
    requests: () => ({ ...counts }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(home, { recursive: true, force: true });
    },
  };
};
