import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { SlipwayError } from '../../contracts/slipway-error.ts';

const missing = (subdir: string): SlipwayError =>
  new SlipwayError('FETCH_SUBDIR_MISSING', { message: `The repository does not have a directory ${subdir}.` });

/** The real path of a sub-directory of `root`; throws FETCH_SUBDIR_MISSING where it is absent or leads outside. */
export const findSubdirectory = async (root: string, subdir: string): Promise<string> => {
  if (subdir.includes('\0')) throw missing(subdir.replaceAll('\0', ''));
  const top = await realpath(root);
  try {
    const found = await realpath(join(top, subdir));
    const isInside = found === top || found.startsWith(top + sep);
    if (isInside && (await stat(found)).isDirectory()) return found;
  } catch (error) {
    throw Object.assign(missing(subdir), { cause: error });
  }
  throw missing(subdir);
};
