import { Type } from 'typebox';
import { count, section } from './fields.ts';

export const Redis = section(
  {
    url: Type.String({
      default: '',
      pattern: '^$|^rediss?://\\S+$',
      description:
        'A Redis server that several processes share, as redis://[user:password@]host[:port][/database]; default: none, one process with SQLite.',
    }),
    prefix: Type.String({
      default: 'slipway',
      pattern: '^[a-zA-Z0-9_.-]+$',
      description: 'Goes in front of every key, so that installations can share a server.',
    }),
    lossSeconds: count(
      10,
      'A process that was not heard of for so long is taken for dead; others go on with its launches and builds.',
    ),
  },
  'Several processes: `slipway launcher` and `slipway builder`.',
);
