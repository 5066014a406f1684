import type { Lock } from '../../contracts/lock.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { BaseImage } from '../base/base-images.ts';

/** Throws LOCK_MISMATCH when a lock was made for something else than the repository asks for now. */
export const checkWish = (lock: Lock, wish: string | undefined): void => {
  if (wish === undefined)
    throw new SlipwayError('LOCK_MISMATCH', { message: 'A repository with a Dockerfile is not built from a lock.' });
  if (wish !== lock.wish) throw new SlipwayError('LOCK_MISMATCH');
};

/** Throws LOCK_BASE_DIFFERS when what a lock was made on is not what is built on here. */
export const checkBase = (lock: Lock, base: BaseImage): void => {
  if (lock.platform !== base.platform)
    throw new SlipwayError('LOCK_BASE_DIFFERS', {
      message: `The lock is for ${lock.platform}, and this engine has ${base.platform}.`,
    });
  if (lock.base.key !== base.key)
    throw new SlipwayError('LOCK_BASE_DIFFERS', {
      message: `The lock was made on the base ${lock.base.key.slice(0, 12)}; here it is ${base.key.slice(0, 12)}, with other packages.`,
    });
};

const GONE = ['BUILD_PACKAGE_NOT_FOUND', 'BUILD_APT_FAILED', 'BUILD_INSTALL_FAILED'];

/** What a failed installation means where a lock says what is installed: something of it cannot be had any more. */
export const toLockError = (error: SlipwayError): SlipwayError =>
  GONE.includes(error.code)
    ? new SlipwayError('LOCK_PACKAGE_GONE', {
        message: `Something that the lock names cannot be installed any more. ${error.message}`,
        details: error.details,
      })
    : error;
