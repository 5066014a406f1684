import { isLaunchPath, parseLaunchAddress } from './parse-launch-address.ts';
import { parseWebAddress } from './parse-web-address.ts';
import { type AddressReading, refuse } from './repository-address.ts';

const EXAMPLE = 'https://github.com/owner/repository';
const SCP = /^[\w.-]+@([\w.-]+):(?!\/\/)\/*(.+)$/;
const SSH = /^ssh:\/\/(?:[^@/]+@)?([^/:]+)(?::\d+)?\/+(.+)$/i;
const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;
const LOOPBACK = /^(?:localhost|\d+(?:\.\d+){3})(?::\d+)?\/./i;
const HOST = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?(?:\/|$)/i;
const OWNER_REPOSITORY = /^[\w-]+\/[^/]/;

/** Adds what people leave out, so that every kind of address becomes an http(s) URL; undefined if it is none. */
const toWebUrl = (text: string): string | undefined => {
  const ssh = SCP.exec(text) ?? SSH.exec(text);
  if (ssh !== null) return `https://${ssh[1]}/${ssh[2]}`;
  if (/^(?:git\+)?https?:\/\//i.test(text)) return text.replace(/^git\+/i, '');
  if (LOOPBACK.test(text)) return `http://${text}`;
  if (HOST.test(text)) return `https://${text}`;
  if (OWNER_REPOSITORY.test(text)) return `https://github.com/${text}`;
  return undefined;
};

const refuseUnknown = (text: string): AddressReading => {
  const scheme = SCHEME.exec(text)?.[1];
  if (scheme !== undefined && !/^(?:git\+)?https?$/i.test(scheme)) {
    return refuse(`${scheme}:// addresses cannot be opened. Use the https:// address of the repository.`);
  }
  return refuse(`This is not the address of a repository. Write owner/repository, or paste one like ${EXAMPLE}.`);
};

/**
 * Reads whatever address somebody has at hand: a page of a forge, a clone address, `owner/repository`, or an
 * existing launch link. Never throws.
 */
export const parseRepositoryAddress = (text: string): AddressReading => {
  const typed = text.trim().replace(/^git\s+clone\s+/i, '');
  if (typed === '') return refuse(`Paste the address of a repository, for example ${EXAMPLE}.`);
  if (/\s/.test(typed)) return refuse('An address has no spaces in it. Paste the address alone, without other text.');
  if (/^\/?v2\//.test(typed)) return parseLaunchAddress(typed.replace(/^\/?/, '/'));

  const address = toWebUrl(typed);
  if (address === undefined || !URL.canParse(address)) return refuseUnknown(typed);
  const url = new URL(address);
  return isLaunchPath(url.pathname) ? parseLaunchAddress(url.pathname + url.search) : parseWebAddress(url);
};
