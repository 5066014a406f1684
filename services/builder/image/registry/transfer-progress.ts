/** One line of what an engine says while it pushes or pulls. */
export type TransferMessage = { readonly id?: string; readonly status?: string; readonly error?: string };

const DONE = /^(Pull complete|Already exists|Pushed|Layer already exists|Mounted from )/;
const BEGUN = /^(Pulling fs layer|Preparing|Waiting|Already exists)/;

/** Counts layers: gives a line such as `3 of 12 layers` whenever one more is there, and undefined otherwise. */
export const createTransferProgress = (): ((message: TransferMessage) => string | undefined) => {
  const layers = new Set<string>();
  const done = new Set<string>();
  return ({ id, status }) => {
    if (id === undefined || status === undefined) return undefined;
    if (BEGUN.test(status) || DONE.test(status)) layers.add(id);
    if (!DONE.test(status) || done.has(id)) return undefined;
    done.add(id);
    return `${done.size} of ${layers.size} layers`;
  };
};
