import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { WebSocket } from 'ws';

/** What a process holds once everything that nobody needs is gone. */
export type Holdings = {
  readonly heapMib: number;
  /** Open file descriptors: sockets, files, pipes. */
  readonly descriptors: number;
  /** Handles and requests that keep its event loop alive, by kind. */
  readonly resources: Readonly<Record<string, number>>;
};

const READ = `JSON.stringify({ heap: process.memoryUsage().heapUsed, resources: process.getActiveResourcesInfo() })`;

const LISTENING = /Debugger listening on (ws:\S+)/;

type Answer = { readonly id: number; readonly result: { readonly result?: { readonly value?: string } } };

const call = async (socket: WebSocket, method: string, params: object = {}): Promise<Answer['result']> => {
  socket.send(JSON.stringify({ id: 1, method, params }));
  for (;;) {
    const [data] = (await once(socket, 'message')) as [Buffer];
    const answer = JSON.parse(data.toString()) as Partial<Answer>;
    if (answer.id === 1 && answer.result) return answer.result;
  }
};

const count = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

/** Looks into a running Node.js process through its inspector, which `--inspect=127.0.0.1:0` opened. */
export const readHoldings = async ({ pid, output }: { pid: number; output: () => string }): Promise<Holdings> => {
  const address = LISTENING.exec(output())?.[1];
  if (address === undefined) throw new Error(`no inspector: ${output()}`);
  const descriptors = readdirSync(`/proc/${pid}/fd`).length;
  const socket = new WebSocket(address);
  await once(socket, 'open');
  try {
    await call(socket, 'HeapProfiler.collectGarbage');
    const { result } = await call(socket, 'Runtime.evaluate', { expression: READ });
    const { heap, resources } = JSON.parse(result?.value ?? '') as { heap: number; resources: string[] };
    return { heapMib: heap / 1024 / 1024, descriptors, resources: count(resources) };
  } finally {
    socket.terminate();
  }
};
