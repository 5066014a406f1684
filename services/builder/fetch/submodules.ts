import { SlipwayError } from '../../contracts/slipway-error.ts';
import { redactCredentials } from '../../platform/redact-credentials.ts';

/** A place in a commit where another repository belongs, at a commit of its own. */
export type Submodule = { readonly path: string; readonly commit: string; readonly url: string | undefined };

const parseAddresses = (config: string): ReadonlyMap<string, string> => {
  const modules = new Map<string, { path?: string; url?: string }>();
  for (const entry of config.split('\0')) {
    const [, name = '', key, value] = /^submodule\.([\s\S]*)\.(path|url)\n([\s\S]*)$/.exec(entry) ?? [];
    if (key !== undefined) modules.set(name, { ...modules.get(name), [key]: value });
  }
  return new Map([...modules.values()].flatMap(({ path, url }) => (path && url ? [[path, url] as const] : [])));
};

/**
 * The submodules of a commit: `tree` is what `git ls-tree -r -z` prints, `config` what `git config -z --get-regexp`
 * prints of .gitmodules. A submodule that .gitmodules does not know has no address.
 */
export const parseSubmodules = (tree: string, config: string): readonly Submodule[] => {
  const addresses = parseAddresses(config);
  return tree.split('\0').flatMap((entry) => {
    const [, commit, path] = /^160000 commit ([0-9a-f]+)\t([\s\S]+)$/.exec(entry) ?? [];
    return commit === undefined || path === undefined ? [] : [{ commit, path, url: addresses.get(path) }];
  });
};

/** The address of a submodule, which may be relative to the address of its repository. Throws FETCH_SUBMODULE_FAILED. */
export const resolveSubmodule = (path: string, url: string, parent: URL): URL => {
  const isRelative = /^\.\.?\//.test(url);
  const base = `${parent.href.replace(/\/+$/, '')}/`;
  const found = isRelative || URL.canParse(url) ? new URL(url, base) : undefined;
  if (found !== undefined && /^https?:$/.test(found.protocol)) return found;
  throw new SlipwayError('FETCH_SUBMODULE_FAILED', {
    message: `The submodule ${path} is at ${redactCredentials(url)}, which is not an https address.`,
    hint: `Write an https address of it into .gitmodules; nobody can log in while an image is built.`,
  });
};

/**
 * What a failed submodule means: the error names it; where trying again may help it keeps its code, for otherwise a
 * host that is away would look like a mistake of the author.
 */
export const toSubmoduleError = (path: string, thrown: unknown): unknown => {
  if (!(thrown instanceof SlipwayError) || thrown.code === 'FETCH_SUBMODULE_FAILED') return thrown;
  if (thrown.code === 'FETCH_TOO_LARGE') return thrown;
  const message = `The submodule ${path} could not be fetched: ${thrown.message}`;
  return thrown.retry
    ? new SlipwayError(thrown.code, { message, hint: thrown.hint, cause: thrown })
    : new SlipwayError('FETCH_SUBMODULE_FAILED', { message, cause: thrown });
};
