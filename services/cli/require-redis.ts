import type { Settings } from '../contracts/settings.ts';
import { SlipwayError } from '../contracts/slipway-error.ts';

/** Throws CONFIG_INVALID without a Redis: processes that share nothing would wait for each other for ever. */
export const requireRedis = ({ redis }: Settings): void => {
  if (redis.url !== '') return;
  throw new SlipwayError('CONFIG_INVALID', {
    message: 'Launchers and builders that run apart need redis.url (SLIPWAY_REDIS_URL).',
    hint: 'Set it for each of them, or use slipway up, which is both in one process.',
  });
};
