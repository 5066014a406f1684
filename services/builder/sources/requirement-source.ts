import { parseCommit } from '../../platform/git-ref.ts';

/** Where a requirement comes from when that is neither an index nor the repository. */
export type RequirementSource =
  /** `ref` is HEAD where none is named. */
  | { readonly kind: 'git'; readonly address: string; readonly repository: URL; readonly ref: string }
  | { readonly kind: 'archive'; readonly address: URL };

/** A host and a path; an address ends where a blank, a fragment or a marker begins. */
const GIT = /\bgit\+(?<address>[a-z]+:\/\/[^\s#;/]+\/[^\s#;]+)/i;
const ARCHIVE = /(?:^|\s@\s*|^[^\s@]+@)(?<address>https?:\/\/[^\s;]+)/i;
const HASHED = /#(?:.*&)?(?:sha256|sha384|sha512)=[0-9a-f]+/i;

/** `https://host/x@ref` → the repository and the ref, which follows the last @ of the path. */
const splitRef = (address: string): { readonly location: string; readonly ref: string } => {
  const path = address.indexOf('/', address.indexOf('://') + 3);
  const at = address.lastIndexOf('@');
  return path === -1 || at < path
    ? { location: address, ref: 'HEAD' }
    : { location: address.slice(0, at), ref: address.slice(at + 1) };
};

const parseGit = (address: string): RequirementSource | undefined => {
  const { location, ref } = splitRef(address);
  if (!URL.canParse(location) || parseCommit(ref) !== undefined) return undefined;
  const repository = new URL(location);
  // `git@` says who one is to a server that does not ask.
  repository.username = '';
  return { kind: 'git', address, repository, ref };
};

/**
 * The source of a requirement that may be another one tomorrow; undefined for one from an index, for a commit that is
 * named in full, and for an archive whose hash is part of its address or stands behind it.
 */
export const parseRequirementSource = (text: string): RequirementSource | undefined => {
  const git = GIT.exec(text)?.groups?.['address'];
  if (git !== undefined) return parseGit(git);
  const archive = ARCHIVE.exec(text)?.groups?.['address'];
  if (archive === undefined || HASHED.test(archive) || / --hash=/.test(text) || !URL.canParse(archive))
    return undefined;
  return { kind: 'archive', address: new URL(archive) };
};

/** The requirement with the commit in place of the ref that was found to name it. */
export const nameCommit = (text: string, address: string, commit: string): string =>
  text.replace(address, () => `${splitRef(address).location}@${commit}`);
