import type { Writable } from 'node:stream';

type Source = { pause(): unknown; resume(): unknown };

type Reasons = { readonly isFull: boolean; readonly waitMs: number };

/** Stops a source until its sink has taken what it was given, and until its session may send on. */
export const holdBack = (source: Source, sink: Writable, { isFull, waitMs }: Reasons): void => {
  if (!isFull && waitMs === 0) return;
  source.pause();
  const resume = (): void => {
    if (!sink.destroyed) source.resume();
  };
  const wait = (): void => {
    if (waitMs === 0) resume();
    else setTimeout(resume, waitMs);
  };
  if (isFull) sink.once('drain', wait);
  else wait();
};
