/** Runs something soon, once for many requests. */
export type FrameBatch = { readonly request: () => void; readonly flush: () => void };

// Frames stop in a tab that is not seen, but its title and its log must go on.
const HIDDEN_MS = 250;

/** Makes a batch that runs with the next frame, or a little later in a hidden tab; `flush` runs it now. */
export const createFrameBatch = (run: () => void): FrameBatch => {
  let frame = 0;
  let timer = 0;
  const flush = (): void => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    timer = 0;
    run();
  };
  const request = (): void => {
    if (timer !== 0) return;
    frame = requestAnimationFrame(flush);
    timer = window.setTimeout(flush, HIDDEN_MS);
  };
  return { request, flush };
};
