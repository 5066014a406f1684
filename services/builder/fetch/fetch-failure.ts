import { SlipwayError } from '../../contracts/slipway-error.ts';
import { HostRefusedError, HostUnresolvedError } from '../../platform/address-guard.ts';

const lastLine = (text: string): string =>
  text
    .trim()
    .split('\n')
    .at(-1)
    ?.replace(/^(fatal|error|remote|warning): /, '')
    .slice(0, 300) ?? '';

/** Whether a server refused to hand out a commit by its id, so that its branches must be fetched instead. */
export const isCommitIdRefused = (stderr: string): boolean =>
  /unadvertised object|does not support shallow|dumb http transport|no such remote ref|couldn't find remote ref/i.test(
    stderr,
  );

/** What a failed `git fetch` means, read from what git said about it. */
export const makeFetchError = (stderr: string): SlipwayError => {
  if (/not our ref|unadvertised object|couldn't find remote ref/i.test(stderr))
    return new SlipwayError('FETCH_COMMIT_MISSING');
  if (/repository .* not found|authentication failed|could not read username|returned error: 40[134]/i.test(stderr))
    return new SlipwayError('REPO_NOT_FOUND');
  if (/unable to update url base from redirection|returned error: 30\d/i.test(stderr))
    return new SlipwayError('FETCH_FAILED', {
      message: 'The repository has moved: its host redirects to another address.',
      hint: 'Open the repository in a browser and use the address that is shown there.',
    });
  if (/no space left on device/i.test(stderr)) return new SlipwayError('BUILD_DISK_FULL');
  return new SlipwayError('FETCH_FAILED', { message: `The repository could not be downloaded: ${lastLine(stderr)}` });
};

/** Turns what the address guard throws into an error for people; anything else is given back as it is. */
export const toHostError = (thrown: unknown): unknown => {
  if (thrown instanceof HostRefusedError)
    return new SlipwayError('REPO_HOST_REFUSED', {
      message: `The repository is not fetched: ${thrown.message}.`,
      cause: thrown,
    });
  if (thrown instanceof HostUnresolvedError)
    return new SlipwayError('FETCH_FAILED', {
      message: `The repository could not be downloaded: ${thrown.message}.`,
      cause: thrown,
    });
  return thrown;
};
