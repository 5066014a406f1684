import { Type } from 'typebox';
import { count, percent, section, text } from './fields.ts';

export const Registry = section(
  {
    url: Type.String({
      default: '',
      pattern: '^(https?://[A-Za-z0-9.:[\\]-]+(/[a-z0-9._/-]*)?)?$',
      description:
        'A registry that images are looked up in, pushed to and pulled from: http(s)://HOST[:PORT][/PATH]. Empty: none.',
    }),
    username: text('', 'The user that the registry knows.'),
    password: text('', 'The password or token of that user; sent to the registry and to nobody else.'),
    timeoutSeconds: count(600, 'The longest that one image may take to be pushed or pulled.'),
  },
  'Where images are kept beyond the engine.',
);

export const Images = section(
  {
    highPercent: percent(
      'When the disk of the engine is so full, images that were not used for longest are removed. 0: never.',
    ),
    lowPercent: percent('Removing images stops when the disk is less full than this. 0: the same as highPercent.'),
    checkSeconds: count(60, 'How often the disk of the engine is looked at.'),
  },
  'What is kept in the engine.',
);
