const NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY'] as const;

/** The proxies of an environment, by their names in capitals; both spellings are read, as programs do. */
export type ProxyVariables = Readonly<Record<string, string>>;

/** Reads what an environment says of proxies; what is empty says nothing. */
export const readProxyVariables = (env: Readonly<NodeJS.ProcessEnv>): ProxyVariables =>
  Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = env[name.toLowerCase()] || env[name];
      return value ? [[name, value] as const] : [];
    }),
  );
