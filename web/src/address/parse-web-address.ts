import { readForgePage } from './read-forge-page.ts';
import { type AddressReading, decodeText, refuse } from './repository-address.ts';

const OWNER = /^[\w-]+$/;
const NAME = /^(?!\.{1,2}$)[\w.-]+$/;

const withoutGit = (name: string): string => name.replace(/\.git$/i, '');

const parseGithub = (segments: readonly string[]): AddressReading => {
  const [owner, name, ...page] = segments;
  if (owner === undefined || name === undefined) {
    return refuse('This names no repository. A GitHub address reads https://github.com/owner/repository.');
  }
  if (!OWNER.test(owner) || !NAME.test(withoutGit(name))) {
    return refuse(`GitHub has no repository called ${owner}/${name}. Write it as owner/repository.`);
  }
  const { note, ...rest } = readForgePage(page);
  return {
    ok: true,
    address: { provider: 'gh', repo: `${owner}/${withoutGit(name)}`, ...rest },
    ...(note && { note }),
  };
};

/** Viewers that show GitHub's files below a path of their own. */
const githubSegments = (host: string, segments: readonly string[]): readonly string[] | undefined => {
  if (host === 'github.com' || host === 'www.github.com') return segments;
  if (host === 'raw.githubusercontent.com') {
    const [owner = '', name = '', ...file] = segments;
    return [owner, name, 'blob', ...(file[0] === 'refs' ? file.slice(2) : file)];
  }
  const isViewer = host === 'nbviewer.org' || host === 'nbviewer.jupyter.org' || host === 'colab.research.google.com';
  return isViewer && segments[0] === 'github' ? segments.slice(1) : undefined;
};

/** Where the pages of a forge begin behind the address of the repository: GitLab's /-/ and Gitea's /src/branch/. */
const findPage = (segments: readonly string[]): { at: number; skip: number } => {
  const gitlab = segments.indexOf('-');
  if (gitlab > 0) return { at: gitlab, skip: 1 };
  const gitea = segments.findIndex(
    (part, i) => part === 'src' && /^(?:branch|tag|commit)$/.test(segments[i + 1] ?? ''),
  );
  return gitea > 0 ? { at: gitea, skip: 0 } : { at: segments.length, skip: 0 };
};

const parseGit = (url: URL, segments: readonly string[]): AddressReading => {
  const { at, skip } = findPage(segments);
  const { note, ...rest } = readForgePage(segments.slice(at + skip).map(decodeText));
  const path = segments.slice(0, at).join('/');
  // GitLab redirects git clients to the name with .git, and not every client follows.
  const isGitlab = skip === 1 || url.hostname === 'gitlab.com';
  const suffix = isGitlab && !path.endsWith('.git') ? '.git' : '';
  return {
    ok: true,
    address: { provider: 'git', repo: `${url.origin}/${path}${suffix}`, ...rest },
    ...(note && { note }),
  };
};

/** Reads an http(s) address: GitHub's become `gh`, all others `git`. */
export const parseWebAddress = (url: URL): AddressReading => {
  if (url.password !== '') {
    return refuse('This address holds a password, and a launch link is public. Take the name and password out.');
  }
  const segments = url.pathname.split('/').filter(Boolean);
  const github = githubSegments(url.hostname, segments.map(decodeText));
  if (github !== undefined) return parseGithub(github);
  if (segments.length === 0) {
    return refuse(`${url.host} is only the name of a host. Add the path of the repository, as in a git clone command.`);
  }
  return parseGit(url, segments);
};
