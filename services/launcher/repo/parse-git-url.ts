import { SlipwayError } from '../../contracts/slipway-error.ts';

const refuse = (message: string, hint?: string): never => {
  throw new SlipwayError('REPO_SPEC_INVALID', { message, hint });
};

/** `git@host:path`, the spelling of ssh that has no scheme. */
const SCP_LIKE = /^[^/:@\s]+@[^/:\s]+:/;

/** Problems that a person can be told about better than by "not a URL". */
const explainText = (text: string): void => {
  if (/^https?:$/i.test(text))
    refuse(
      'The repository address is not percent-encoded.',
      'Write https:// as https%3A%2F%2F and each / inside of the address as %2F; the home page makes such links.',
    );
  if (SCP_LIKE.test(text) || /^(ssh|git\+ssh):/i.test(text))
    refuse(
      'Repositories are not fetched over ssh, which needs a key.',
      'Use the https:// address of the same repository.',
    );
};

/**
 * The address of a Git repository as a URL without credentials, query or fragment. `spec` is the text as it came,
 * `text` its decoded first part. Throws REPO_SPEC_INVALID, which never repeats credentials.
 */
export const parseGitUrl = (spec: string, text: string): URL => {
  explainText(text);
  const url = URL.parse(text);
  if (url === null)
    return refuse(
      spec === '' ? 'The link names no repository.' : 'The repository address is not a complete web address.',
      'Write the whole address, beginning with https://.',
    );
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    refuse(`Addresses that begin with ${url.protocol} are not fetched from.`, 'Use the https:// address.');
  if (url.username !== '' || url.password !== '')
    refuse(
      'The repository address has a user name or password in it.',
      'Remove everything before the @; only public repositories can be launched. Change a password that was in a link.',
    );
  if (url.search !== '' || url.hash !== '') refuse('The repository address must not contain ? or #.');
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
};
