import type { ContentRequest } from '../../contracts/launch.ts';
import type { ResolvedRepository } from '../../contracts/repository.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';

/** Of the address that people see: the last part, as git names the directory of a clone. */
const nameAfter = ({ canonical }: ResolvedRepository): string => canonical.split('/').at(-1) ?? '';

const isInside = (directory: string): boolean =>
  directory.length <= 255 &&
  // oxlint-disable-next-line no-control-regex -- that is what must not be in a path.
  !/[\u0000-\u001F\\]/.test(directory) &&
  directory.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

/** The directory of the session that the content goes to. Throws LAUNCH_CONTENT_INVALID where a link leads out of it. */
export const makeContentDirectory = ({ directory }: ContentRequest, repository: ResolvedRepository): string => {
  const asked = (directory ?? nameAfter(repository)).replace(/\/+$/, '');
  if (isInside(asked)) return asked;
  throw new SlipwayError('LAUNCH_CONTENT_INVALID', {
    message: `The link puts files into ${JSON.stringify(asked)}, which is not a directory inside of the session.`,
  });
};

/** The page that a session with this content opens. */
export const makeContentPath = ({ path }: ContentRequest, directory: string): string =>
  path ?? `lab/tree/${directory.split('/').map(encodeURIComponent).join('/')}`;
