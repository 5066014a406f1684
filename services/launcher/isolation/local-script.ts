import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../platform/run-command.ts';
import type { RunScript } from './firewall.ts';

export const SYSTEM_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

const TIMEOUT_MS = 30_000;

const CAP_NET_ADMIN = 12n;

const mayChangeNetwork = (): boolean => {
  const [, capabilities = '0'] = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return ((BigInt(`0x${capabilities}`) >> CAP_NET_ADMIN) & 1n) === 1n;
};

/** Whether this process can change the filter that a bridge of the engine goes through. */
export const isBridgeOurs = (bridge: string): boolean =>
  existsSync(join('/sys/class/net', bridge)) && mayChangeNetwork();

/** Runs scripts in this process's own network. */
export const runScriptHere: RunScript = async (script, args) => {
  const options = { env: { PATH: SYSTEM_PATH }, timeoutMs: TIMEOUT_MS };
  const { exitCode, stdout, stderr } = await runCommand('/bin/sh', ['-ec', script, 'sh', ...args], options);
  if (exitCode === 0) return stdout;
  throw new Error(`the packet filter cannot be changed here: ${stderr.trim() || `exit code ${exitCode}`}`);
};
