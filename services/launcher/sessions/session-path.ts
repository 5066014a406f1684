const SESSION_PATH = /^\/s\/(?<id>[a-z0-9]{26})(?<rest>\/.*)?$/s;

/** The path of a session on the session listener, with a slash at both ends; also Jupyter's base URL. */
export const makeSessionPath = (id: string): string => `/s/${id}/`;

export type SessionPath = {
  readonly id: string;
  /** What follows the base path, without its leading slash; undefined when even the slash is missing. */
  readonly rest: string | undefined;
};

/** Reads the path of a request, without its query; undefined when it is not a session's. Nothing is decoded. */
export const parseSessionPath = (path: string): SessionPath | undefined => {
  const { id, rest } = SESSION_PATH.exec(path)?.groups ?? {};
  return id === undefined ? undefined : { id, rest: rest?.slice(1) };
};
