import { isIP } from 'node:net';
import type { AddressGuard } from './address-guard.ts';
import { runCommand, type CommandResult } from './run-command.ts';

export type GitOptions = {
  readonly cwd?: string;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs: number;
  /** The remote that the command talks to: its host is checked and pinned to the checked addresses. */
  readonly remote?: URL;
  readonly guard?: AddressGuard;
};

export type RunGit = (args: readonly string[], options: GitOptions) => Promise<CommandResult>;

/** Nothing of the machine's or the repository's configuration may run code or reach another protocol. */
const HARDENED = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'credential.helper': '',
  'http.followRedirects': 'false',
  'init.templateDir': '',
  // What is fetched is thrown away soon.
  'maintenance.auto': 'false',
  'protocol.allow': 'never',
  'protocol.http.allow': 'always',
  'protocol.https.allow': 'always',
  'submodule.recurse': 'false',
  'transfer.bundleURI': 'false',
  'transfer.fsckObjects': 'true',
  'advice.detachedHead': 'false',
};

const CERTIFICATE_VARIABLES = ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'GIT_SSL_CAINFO', 'CURL_CA_BUNDLE'] as const;

const gitEnvironment = (inherited: NodeJS.ProcessEnv): Record<string, string> => {
  const kept = ['PATH', ...CERTIFICATE_VARIABLES].flatMap((name) => {
    const value = inherited[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    HOME: '/nonexistent',
    LC_ALL: 'C.UTF-8',
    GIT_ALLOW_PROTOCOL: 'http:https',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'true',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
};

const bracket = (address: string): string => (address.includes(':') ? `[${address}]` : address);

/**
 * Pins the remote's name to the addresses that the guard saw, so that git's own look-up cannot differ. Who is named by
 * an address needs no look-up.
 */
const pinRemote = async ({ remote, guard }: GitOptions): Promise<Record<string, string>> => {
  if (remote === undefined || guard === undefined) return {};
  const { host, port, addresses } = await guard(remote);
  if (isIP(host) !== 0) return {};
  return { 'http.curloptResolve': `${host}:${port}:${addresses.map(bracket).join(',')}` };
};

/**
 * Makes the only way Slipway runs git: no prompts, hooks, helpers, redirects or protocols but http(s), and the
 * remote's host checked and pinned (operations 6.4). `inherited` gives PATH and certificate variables.
 * A failed command is a result; throws what the guard throws, and on abort.
 */
export const createGit =
  (inherited: NodeJS.ProcessEnv): RunGit =>
  async (args, options) => {
    const config = { ...HARDENED, ...(await pinRemote(options)) };
    const flags = Object.entries(config).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    return runCommand('git', [...flags, ...args], {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: gitEnvironment(inherited),
      signal: options.signal,
      timeoutMs: options.timeoutMs,
    });
  };
