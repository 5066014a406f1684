import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from './traffic.ts';

/** One of those that are compared: where it is, and how much of the processor it has used. */
export type Subject = { readonly name: string; readonly endpoint: Endpoint; readonly cpuSeconds: () => number };

const QUIET = ['--disable-warning=ExperimentalWarning'];
const TICKS_PER_SECOND = 100;

/** User and system time of a process, of everything that it did (proc(5): fields 14 and 15). */
const readCpuSeconds = ({ pid }: ChildProcess): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
};

const findFreePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
};

const forkAndWait = async (file: string, args: readonly string[]) => {
  const child = fork(join(import.meta.dirname, file), args, { execArgv: QUIET });
  const [message] = (await once(child, 'message')) as [Partial<Endpoint>];
  return { child, endpoint: { port: 0, path: '/api/status', cookie: 'none=1', ...message } };
};

const CHP = fileURLToPath(import.meta.resolve('configurable-http-proxy/bin/configurable-http-proxy'));

const untilAnswering = async (url: string): Promise<void> => {
  for (let turn = 0; turn < 200; turn += 1) {
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await sleep(50);
  }
  throw new Error(`${url} does not answer`);
};

const startPeer = async (target: number) => {
  const [port, apiPort] = [await findFreePort(), await findFreePort()];
  const args = ['--ip', '127.0.0.1', '--port', `${port}`, '--api-ip', '127.0.0.1', '--api-port', `${apiPort}`];
  const rest = ['--default-target', `http://127.0.0.1:${target}`, '--log-level', 'error'];
  const child = spawn(process.execPath, [CHP, ...args, ...rest], { stdio: ['ignore', 'ignore', 'inherit'] });
  await untilAnswering(`http://127.0.0.1:${port}/_chp_healthz`);
  return { child, endpoint: { port, path: '/user/a/api/status', cookie: `jupyterhub-session-id=${'0'.repeat(55)}` } };
};

/** Starts the session and, in front of it, both proxies; all end when this is disposed of. */
export const startProcesses = async () => {
  const upstream = await forkAndWait('upstream.ts', []);
  const ours = await forkAndWait('session-listener.ts', [String(upstream.endpoint.port)]);
  const peer = await startPeer(upstream.endpoint.port);
  const makeSubject = (name: string, { child, endpoint }: typeof upstream | typeof peer): Subject => ({
    name,
    endpoint,
    cpuSeconds: () => readCpuSeconds(child),
  });
  return {
    direct: makeSubject('direct', upstream),
    peer: makeSubject('configurable-http-proxy', peer),
    ours: makeSubject('slipway', ours),
    [Symbol.dispose]: () => {
      for (const { child } of [ours, peer, upstream]) child.kill('SIGKILL');
    },
  };
};
