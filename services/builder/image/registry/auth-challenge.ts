/** One way to authenticate that a server offers in `WWW-Authenticate`. */
export type AuthChallenge = {
  /** Lower case. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
};

const WORD = /([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?/g;

/** Parses `Bearer realm="…",service="…", Basic realm="…"` (RFC 9110, 11.6.1); commas inside of quotes are text. */
export const parseAuthChallenges = (header: string): AuthChallenge[] => {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  for (const [, word = '', quoted, bare] of header.matchAll(WORD)) {
    const value = quoted?.replaceAll(/\\(.)/g, '$1') ?? bare;
    const current = challenges.at(-1);
    if (value === undefined) challenges.push({ scheme: word.toLowerCase(), parameters: {} });
    else if (current !== undefined) current.parameters[word.toLowerCase()] = value;
  }
  return challenges;
};
