/** A conda package by its address. */
export type CondaFile = {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  /** What the file must be; absent where nothing says. */
  readonly checksum?: Checksum;
};

export type Checksum = { readonly kind: 'sha256' | 'md5'; readonly digits: string };

/** Conda's name of the platform that images are for. */
export const CONDA_PLATFORM = 'linux-64';

const MAX_LENGTH = 1000;
const ADDRESS = /^https?:\/\/[\w.~!$&'()*+,:@%/-]+$/;
const FILE = /^(?<name>\w[\w.-]*)-(?<version>[\w.+!]+)-[\w.+]+\.(?:conda|tar\.bz2)$/;
const PLATFORM = /^(?:noarch|[a-z]+-[a-z0-9]+)$/;
/** Anaconda's servers take a password as a part of the path. */
const TOKEN = /^\/t\/[^/]+\//;
const DIGITS = { sha256: /^[0-9a-f]{64}$/, md5: /^[0-9a-f]{32}$/ } as const;

/** A checksum in hexadecimal digits; undefined for what is none. */
export const parseChecksum = (kind: Checksum['kind'], text: string): Checksum | undefined => {
  const digits = text.toLowerCase();
  return DIGITS[kind].test(digits) ? { kind, digits } : undefined;
};

const problemOf = (url: URL | null, platform: string): string | undefined => {
  if (url === null) return 'is not the http address of a conda package.';
  if (`${url.username}${url.password}` !== '' || TOKEN.test(url.pathname))
    return 'holds a user name, a password or a token, which would be readable in the image.';
  if (!PLATFORM.test(platform)) return 'does not end in platform/name-version-build.conda or .tar.bz2.';
  if (platform === CONDA_PLATFORM || platform === 'noarch') return undefined;
  return `is for ${platform}; images are for ${CONDA_PLATFORM}.`;
};

/**
 * Reads the address of a package, with its checksum behind `#` as explicit lists of conda write it: the digits of
 * md5, or `sha256:` and digits. Gives what is wrong with it, as the end of a sentence, where something is.
 */
export const parseCondaFile = (text: string): CondaFile | string => {
  const [address = '', fragment] = text.trim().split('#', 2);
  const isAddress = text.length <= MAX_LENGTH && ADDRESS.test(address);
  const url = isAddress ? URL.parse(address) : null;
  const [platform = '', file = ''] = (url?.pathname ?? '').split('/').slice(-2);
  const problem = problemOf(url, platform);
  if (problem !== undefined) return problem;
  const { name, version } = FILE.exec(file)?.groups ?? {};
  if (name === undefined || version === undefined)
    return 'does not end in platform/name-version-build.conda or .tar.bz2.';
  const found = { name: name.toLowerCase(), version, url: url?.href ?? '' };
  if (fragment === undefined) return found;
  const [, kind, digits = ''] = /^(?:(md5|sha256):)?(.*)$/.exec(fragment) ?? [];
  const checksum = parseChecksum(kind === 'sha256' ? 'sha256' : 'md5', digits);
  return checksum === undefined ? 'has something behind # that is not a checksum.' : { ...found, checksum };
};

/** The line of an explicit list that parseCondaFile reads. */
export const renderCondaFile = ({ url, checksum }: CondaFile): string => {
  if (checksum === undefined) return url;
  return `${url}#${checksum.kind === 'md5' ? '' : `${checksum.kind}:`}${checksum.digits}`;
};
