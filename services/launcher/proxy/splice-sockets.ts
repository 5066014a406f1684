import type { Socket } from 'node:net';

/** A peer that vanished without a word answers no probe: the system then ends its connection. */
const PROBE_AFTER_MS = 15_000;

/** How long one end may take to close after the other did. */
const LINGER_MS = 5000;

const flow = (from: Socket, to: Socket, onData?: (chunk: Buffer) => void): void => {
  from.on('data', (chunk: Buffer) => {
    onData?.(chunk);
    if (!to.write(chunk)) from.pause();
  });
  to.on('drain', () => from.resume());
  from.on('end', () => {
    to.end();
    to.setTimeout(LINGER_MS, () => to.destroy());
  });
  from.on('error', () => from.destroy());
  from.on('close', () => (from.readableEnded ? to.destroySoon() : to.destroy()));
};

type Splice = {
  readonly client: Socket;
  readonly session: Socket;
  readonly onClientData: (chunk: Buffer) => void;
};

/** Moves bytes between two sockets as they are, with back-pressure; neither outlives the other. */
export const spliceSockets = ({ client, session, onClientData }: Splice): void => {
  for (const socket of [client, session]) {
    socket.setNoDelay(true);
    socket.setKeepAlive(true, PROBE_AFTER_MS);
    socket.setTimeout(0);
  }
  flow(client, session, onClientData);
  flow(session, client);
};
