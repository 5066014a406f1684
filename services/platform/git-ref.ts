const FULL_COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/i;

/** The commit id in git's own spelling when `ref` is a full one (SHA-1 or SHA-256), else undefined. */
export const parseCommit = (ref: string): string | undefined => (FULL_COMMIT.test(ref) ? ref.toLowerCase() : undefined);

/** Characters that git-check-ref-format forbids: control characters, space, and what revisions and globs use. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const FORBIDDEN = /[\u0000-\u0020\u007F~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(\/|$)/;

/**
 * Whether git allows `ref` as the name of a branch or tag (git-check-ref-format), and no program can take it for
 * an option.
 */
export const isRefName = (ref: string): boolean =>
  ref !== '' && ref !== '@' && !FORBIDDEN.test(ref) && !/^[-./]|[./]$/.test(ref);

type LsRemoteLine = { readonly commit: string; readonly name: string };

const parseLines = (output: string): LsRemoteLine[] =>
  output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [commit = '', name = ''] = line.split('\t');
      return { commit, name };
    });

/** The full names that `ref` may stand for, the one that wins first; `^{}` is the commit of an annotated tag. */
export const candidateRefs = (ref: string): readonly string[] => {
  if (ref === 'HEAD') return ['HEAD'];
  const full = ref.startsWith('refs/') ? [`${ref}^{}`, ref] : [];
  return [...full, `refs/heads/${ref}`, `refs/tags/${ref}^{}`, `refs/tags/${ref}`];
};

/** The commit that `ref` names in the output of `git ls-remote`, or undefined when it names none. */
export const findCommit = (lsRemote: string, ref: string): string | undefined => {
  const lines = parseLines(lsRemote);
  const found = candidateRefs(ref)
    .map((name) => lines.find((line) => line.name === name))
    .find((line) => line !== undefined);
  return found === undefined ? undefined : parseCommit(found.commit);
};
