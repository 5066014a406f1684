import type { Socket } from 'node:net';
import { createFrameScanner } from './frame-scanner.ts';
import { holdBack } from './hold-back.ts';

/** A peer that vanished without a word answers no probe: the system then ends its connection. */
const PROBE_AFTER_MS = 15_000;

/** How long one end may take to close after the other did. */
const LINGER_MS = 5000;

type Flow = {
  readonly from: Socket;
  readonly to: Socket;
  readonly onData: (chunk: Buffer) => void;
  readonly spend: (bytes: number) => number;
};

const flow = ({ from, to, onData, spend }: Flow): void => {
  from.on('data', (chunk: Buffer) => {
    const isFull = !to.write(chunk);
    onData(chunk);
    holdBack(from, to, { isFull, waitMs: spend(chunk.length) });
  });
  from.on('end', () => {
    to.end();
    to.setTimeout(LINGER_MS, () => to.destroy());
  });
  from.on('error', () => from.destroy());
  from.on('close', () => (from.readableEnded ? to.destroySoon() : to.destroy()));
};

/** Ends a client that is gone although its connection still stands: a ping reached it, and nothing came back. */
const createSilenceWatch = (client: Socket, silenceMs: number): ((chunk: Buffer) => void) => {
  let timer: NodeJS.Timeout | undefined;
  client.once('close', () => clearTimeout(timer));
  const expect = (): void => {
    const heard = client.bytesRead;
    timer ??= setTimeout(() => {
      timer = undefined;
      if (client.bytesRead === heard) client.destroy();
    }, silenceMs);
  };
  return createFrameScanner(() => undefined, expect);
};

type Splice = {
  readonly client: Socket;
  readonly session: Socket;
  readonly onClientData: (chunk: Buffer) => void;
  readonly spend: (bytes: number) => number;
  readonly silenceMs: number;
};

/** Moves bytes between two sockets as they are, with back-pressure; neither outlives the other. */
export const spliceSockets = ({ client, session, onClientData, spend, silenceMs }: Splice): void => {
  for (const socket of [client, session]) {
    socket.setNoDelay(true);
    socket.setKeepAlive(true, PROBE_AFTER_MS);
    socket.setTimeout(0);
  }
  flow({ from: client, to: session, onData: onClientData, spend });
  flow({ from: session, to: client, onData: createSilenceWatch(client, silenceMs), spend });
};
