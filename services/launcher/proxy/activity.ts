/** What Jupyter's pages ask on their own, again and again, as long as a tab is open. */
const STATUS_POLLS =
  /^(?:api\/(?:status|kernels|sessions|terminals|kernelspecs)(?:\/[^/]*)?|api\/metrics(?:\/.*)?|metrics)$/;
const CONTENTS = /^api\/contents(?:\/|$)/;

/** The file browser lists its directory every few seconds; who opens a file says of which type it is. */
const isDirectoryPoll = (path: string, query: URLSearchParams): boolean => CONTENTS.test(path) && !query.has('type');

export type ProxiedRequest = {
  readonly method: string;
  /** Path below the session's base path, without a leading slash. */
  readonly path: string;
  readonly query: URLSearchParams;
};

/** Whether a request that was answered well means that somebody uses the session. */
export const isActivity = ({ method, path, query }: ProxiedRequest): boolean => {
  if (query.has('no_track_activity')) return false;
  if (method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS') return true;
  return method === 'GET' && !STATUS_POLLS.test(path) && !isDirectoryPoll(path, query);
};
