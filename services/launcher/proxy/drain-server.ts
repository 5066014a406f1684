import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const STEP_MS = 25;

/**
 * Stops accepting, lets requests and WebSockets go on for at most `graceMs`, then cuts what is left. `upgraded` are
 * the sockets that became WebSockets: whoever is behind them connects again.
 */
export const drainServer = async (server: Server, upgraded: ReadonlySet<Socket>, graceMs: number): Promise<void> => {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  const idle = setInterval(() => server.closeIdleConnections(), STEP_MS);
  await Promise.race([closed, sleep(graceMs, undefined, { ref: false })]);
  clearInterval(idle);
  for (const socket of upgraded) socket.destroy();
  server.closeAllConnections();
  await closed;
};
