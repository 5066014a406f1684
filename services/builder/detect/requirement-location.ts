import { posix } from 'node:path';
import { createDetectError, quoteText, type Place } from './detect-error.ts';
import type { RepositoryFiles } from './repository-files.ts';

/** Where local paths of a requirements file are looked for. */
export type LocationContext = {
  readonly files: RepositoryFiles;
  /** The directory that relative paths start from: the top for pip, the file's own for environment.yml. */
  readonly base: string;
};

const ARCHIVE = /\.(?:whl|zip|tar\.gz|tgz|tar\.bz2|tar\.xz)$/i;
const SCHEME = /^[a-z][a-z0-9+.-]*:/i;
const NAMED = /^(?<name>[a-z0-9][\w.-]*(?:\s*\[[^\]]*\])?)\s*@(?<location>[^]*)$/i;

/** The parts of `name @ location[extras]#fragment ; marker`; each may be empty, signs included. */
type Parts = {
  readonly name: string;
  readonly location: string;
  readonly extras: string;
  readonly fragment: string;
  readonly marker: string;
};

const splitParts = (text: string): Parts => {
  const at = text.indexOf(';');
  const marker = at === -1 ? '' : ` ; ${text.slice(at + 1).trim()}`;
  const target = (at === -1 ? text : text.slice(0, at)).trim();
  const named = NAMED.exec(target)?.groups;
  const located = (named?.['location'] ?? target).trim();
  const [withoutFragment = ''] = located.split('#', 1);
  const bracket = withoutFragment.endsWith(']') ? withoutFragment.lastIndexOf('[') : -1;
  const [location, extras] =
    bracket === -1 ? [withoutFragment, ''] : [withoutFragment.slice(0, bracket), withoutFragment.slice(bracket)];
  const fragment = located.slice(withoutFragment.length);
  return { name: named?.['name'] ?? '', location: location.trim(), extras, fragment, marker };
};

const decodePath = (url: string): string => {
  const path = url.replace(/^file:(?:\/\/(?:localhost)?(?=[/.]))?/i, '');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

const isFileUrl = (location: string): boolean => /^file:/i.test(location);

const looksLikePath = (location: string): boolean =>
  location.startsWith('.') || location.includes('/') || ARCHIVE.test(location);

const hasControl = (path: string): boolean => /\p{Cc}/u.test(path);

const checkInstallable = (path: string, { files }: LocationContext, place: Place): void => {
  const kind = files.kindOf(path);
  const fail = (problem: string) =>
    createDetectError('DETECT_REQUIREMENTS_INVALID', { ...place, problem: `${quoteText(path)} ${problem}` });
  if (kind === undefined || hasControl(path)) throw fail('is not in the repository.');
  if (kind === 'file' && !ARCHIVE.test(path)) throw fail('is not a wheel or an archive of a package.');
  const names = files.list(path);
  if (kind === 'directory' && !names.includes('setup.py') && !names.includes('pyproject.toml'))
    throw fail('cannot be installed: it has neither pyproject.toml nor setup.py.');
};

/** A path as it is from the top of the repository; absolute ones are of the image and cannot be checked here. */
export const resolveLocalPath = (path: string, base: string): string => {
  if (path.startsWith('/')) return path;
  const resolved = posix.join(base, path).replace(/\/$/, '');
  return resolved === '' ? '.' : resolved;
};

/** Whether the value of an option such as --find-links is a directory of the repository rather than an address. */
export const isLocalLocation = (value: string): boolean => isFileUrl(value) || !SCHEME.test(value);

/** The path in a value for which isLocalLocation holds. */
export const locationPath = (value: string): string => (isFileUrl(value) ? decodePath(value) : value);

/**
 * The requirement in one form when it names a path of the repository (`./pkg[extra] ; marker`, `name @ ./pkg`),
 * undefined when it comes from elsewhere. Throws DETECT_REQUIREMENTS_INVALID for a path that cannot be installed.
 */
export const parseLocalRequirement = (
  text: string,
  context: LocationContext & { readonly editable: boolean },
  place: Place,
): string | undefined => {
  const { name, location, extras, fragment, marker } = splitParts(text);
  if (!isLocalLocation(location)) return undefined;
  if (!context.editable && name === '' && !isFileUrl(location) && !looksLikePath(location)) return undefined;
  const path = resolveLocalPath(locationPath(location), context.base);
  if (!path.startsWith('/')) checkInstallable(path, context, place);
  const shown = path.startsWith('/') || path === '.' ? path : `./${path}`;
  return `${context.editable ? '-e ' : ''}${name === '' ? '' : `${name} @ `}${shown}${extras}${fragment}${marker}`;
};
