import { execa } from 'execa';
import { spawn } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A file of a test repository: its content, content with a mode, a symbolic link, or a submodule at a commit. */
export type GitFile =
  | string
  | Uint8Array
  | { readonly text: string; readonly mode: number }
  | { readonly link: string }
  | { readonly submodule: string };
export type GitFiles = Readonly<Record<string, GitFile>>;

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

const FIXED_TIME = '2024-05-01T12:00:00Z';
const GIT_ENVIRONMENT = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.org',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.org',
  GIT_AUTHOR_DATE: FIXED_TIME,
  GIT_COMMITTER_DATE: FIXED_TIME,
};

const git = async (cwd: string, args: readonly string[]): Promise<string> =>
  (await execa('git', [...args], { cwd, env: GIT_ENVIRONMENT })).stdout;

/** Writes files below a directory; a submodule is left to the index. */
export const writeFiles = async (directory: string, files: GitFiles): Promise<void> => {
  for (const [path, file] of Object.entries(files)) {
    const target = join(directory, path);
    await mkdir(dirname(target), { recursive: true });
    await rm(target, { force: true });
    if (typeof file === 'string' || file instanceof Uint8Array) await writeFile(target, file);
    else if ('link' in file) await symlink(file.link, target);
    else if ('text' in file) {
      await writeFile(target, file.text);
      await chmod(target, file.mode);
    }
  }
};

const listSubmodules = (files: GitFiles): readonly (readonly [string, string])[] =>
  Object.entries(files).flatMap(([path, file]) =>
    typeof file === 'object' && 'submodule' in file ? [[path, file.submodule] as const] : [],
  );

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

const runCgi = (root: string, request: IncomingMessage, response: ServerResponse): void => {
  const backend = spawn('git', ['http-backend'], {
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
  const served = join(home, 'served');
  const counts = { total: 0, infoRefs: 0, uploadPack: 0 };
  await mkdir(served);

  const server = createServer((request, response) => {
    counts.total += 1;
    if (request.url?.includes('/info/refs')) counts.infoRefs += 1;
    if (request.method === 'POST' && request.url?.endsWith('/git-upload-pack')) counts.uploadPack += 1;
    runCgi(served, request, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, address, resolve));
  const host = `${address}:${(server.address() as AddressInfo).port}`;

  const submodules = new Map<string, readonly (readonly [string, string])[]>();
  const commitAll = async (name: string, message: string): Promise<string> => {
    const tree = join(home, name);
    await git(tree, ['add', '--all', '--force']);
    for (const [path, commit] of submodules.get(name) ?? [])
      await git(tree, ['update-index', '--add', '--cacheinfo', `160000,${commit},${path}`]);
    await git(tree, ['commit', '--quiet', '--allow-empty', '-m', message]);
    return git(tree, ['rev-parse', 'HEAD']);
  };
  const create = async (name: string, fill: (tree: string) => Promise<void>): Promise<ServedRepository> => {
    const tree = join(home, name);
    await mkdir(tree, { recursive: true });
    await git(home, ['init', '--quiet', '--initial-branch=main', tree]);
    const address = join(served, `${name}.git`);
    await mkdir(dirname(address), { recursive: true });
    await symlink(join(tree, '.git'), address);
    await fill(tree);
    return { url: `http://${host}/${name}.git`, commit: await commitAll(name, 'first') };
  };

  return {
    url: `http://${host}`,
    host,
    createRepository: (name, files) => {
      submodules.set(name, listSubmodules(files));
      return create(name, (tree) => writeFiles(tree, files));
    },
    createRepositoryFrom: (name, directory) =>
      create(name, (tree) => cp(directory, tree, { recursive: true, verbatimSymlinks: true })),
    commit: async (name, files, message) => {
      await writeFiles(join(home, name), files);
      return commitAll(name, message);
    },
    allowPartialClones: async ({ url }) => {
      await git(join(served, new URL(url).pathname), ['config', 'uploadpack.allowFilter', 'true']);
    },
    requests: () => ({ ...counts }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(home, { recursive: true, force: true });
    },
  };
};
