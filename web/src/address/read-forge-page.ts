import type { OpenTarget } from './repository-address.ts';

/** What the page of a forge shows of a repository. */
export type ForgePage = { readonly ref?: string; readonly path?: OpenTarget; readonly note?: string };

// A name that is a whole ref for sure: what follows it is a path, not the rest of a branch's name.
const WHOLE_REF = /^(?:HEAD|main|master|develop|devel|dev|trunk|stable|latest|gh-pages|[0-9a-f]{40}|v?\d[\w.+-]*)$/i;

const file = (segments: readonly string[]): OpenTarget => ({ kind: 'file', value: segments.join('/') });

const readTree = (segments: readonly string[]): ForgePage => {
  const [first, ...rest] = segments;
  if (first === undefined) return {};
  if (rest.length === 0) return { ref: first };
  if (WHOLE_REF.test(first)) return { ref: first, path: file(rest) };
  const ref = segments.join('/');
  return { ref, note: `Read as the branch ${ref}. If the branch is only ${first}, correct the ref below.` };
};

const readBlob = (segments: readonly string[]): ForgePage => {
  const [first, ...rest] = segments;
  if (first === undefined) return {};
  if (rest.length === 0) return { ref: first };
  const page = { ref: first, path: file(rest) };
  if (rest.length === 1 || WHOLE_REF.test(first)) return page;
  return {
    ...page,
    note: `Read as the branch ${first}. If the branch's name has a slash, correct ref and file below.`,
  };
};

/** Reads the path behind the address of a repository, decoded, in the forms of GitHub, GitLab and Gitea. */
export const readForgePage = (segments: readonly string[]): ForgePage => {
  const [kind = '', ...rest] = segments;
  switch (kind) {
    case 'tree':
      return readTree(rest);
    case 'blob':
    case 'raw':
    case 'blame':
    case 'edit':
      return readBlob(rest);
    case 'src':
      return readBlob(rest.slice(1));
    case 'commit':
    case 'commits':
      return rest[0] === undefined ? {} : { ref: rest[0] };
    case 'releases':
      return rest[0] === 'tag' && rest.length > 1 ? { ref: rest.slice(1).join('/') } : {};
    case 'tags':
      return rest.length === 0 ? {} : { ref: rest.join('/') };
    default:
      return {};
  }
};
