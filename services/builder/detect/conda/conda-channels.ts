/** Channels in the order of their preference, by name or address, and whether the operator's stand for `defaults`. */
export type CondaChannels = { readonly channels: string[]; readonly hasDefaults: boolean };

const NAME = /^\w[\w.-]*(?:\/\w[\w.-]*)*$/;
const PLATFORM = /\/(?:noarch|(?:linux|osx|win)-[a-z0-9]+)$/;
const OWN_SERVER = /^https?:\/\/conda\.anaconda\.org\//;
const MAX_LENGTH = 300;

/**
 * One form of a channel: its name, where it is one of Anaconda's server, else its address. Gives undefined for what
 * is none: a path, an address with a password, another protocol.
 */
export const parseChannel = (text: string): string | undefined => {
  if (text.length > MAX_LENGTH) return undefined;
  const channel = text.trim().replace(/\/$/, '').replace(PLATFORM, '').replace(OWN_SERVER, '');
  if (NAME.test(channel)) return channel;
  const url = /^https?:\/\/[^\s;]+$/.test(channel) ? URL.parse(channel) : null;
  const isPlain = url !== null && `${url.username}${url.password}${url.search}${url.hash}` === '';
  return isPlain ? url.href.replace(/\/$/, '') : undefined;
};

/**
 * The channels of a file as conda understands them: `defaults` stands for those of the operator, which also follow
 * all others unless the file says `nodefaults`. Channels that only a package names come last.
 */
export const orderChannels = (
  listed: readonly string[],
  named: readonly string[],
  operator: readonly string[],
): CondaChannels => {
  const wanted = listed.filter((channel) => channel !== 'nodefaults');
  const hasDefaults = wanted.includes('defaults');
  const isClosed = listed.includes('nodefaults') && wanted.length > 0;
  const own = wanted.flatMap((channel) => (channel === 'defaults' ? operator : [channel]));
  return { channels: [...new Set([...own, ...(isClosed ? [] : operator), ...named])], hasDefaults };
};
