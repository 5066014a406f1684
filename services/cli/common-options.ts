/** Collects the values of an option that may be given several times. */
export const collect = (value: string, earlier: readonly string[] = []): readonly string[] => [...earlier, value];

/** Options that several commands have. */
export const CONFIG = ['--config <file>', 'YAML file of settings; docs/reference/settings.md lists them'] as const;
export const DATA = ['--data <dir>', 'database, secret and logs (.data)'] as const;
export const ALLOW_HOST = [
  '--allow-host <host[:port]>',
  'fetch from this host although its address is not public; repeatable',
  collect,
] as const;
