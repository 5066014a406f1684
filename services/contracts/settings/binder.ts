import { Type } from 'typebox';
import { count, section, text } from './fields.ts';

export const BuildToken = section(
  {
    enabled: Type.Boolean({
      default: false,
      description: 'Whether launch pages carry a token that exempts what they start from admission.launches.',
    }),
    seconds: count(300, 'For how long a token is good.'),
  },
  'Tokens of launch pages, as BinderHub has them.',
);

export const LaunchArchive = section(
  {
    directory: text(
      '',
      'Where one line of JSON for each launch that succeeded is kept, a file a day (UTC) and index.jsonl, for tools that read those of mybinder.org. Empty: nowhere.',
    ),
  },
  'The archive of launches.',
);
