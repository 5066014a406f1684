import { Type } from 'typebox';
import { count, section } from './fields.ts';

export const Pool = section(
  {
    repositories: Type.Array(Type.String({ pattern: '^[a-z0-9]+/[^\\s=]+=[1-9]\\d{0,2}$' }), {
      default: [],
      description:
        'Repositories of which sessions wait for visitors, and how many: gh/OWNER/REPOSITORY/REF=COUNT. They are built ahead.',
    }),
    popular: count(0, 'Sessions that wait for visitors of whatever was launched most in the last hour.', {
      minimum: 0,
      maximum: 1000,
    }),
    sessions: count(20, 'The most sessions that wait for visitors, whatever asks for them.', { minimum: 0 }),
    maxAgeSeconds: count(7200, 'A session that waited so long is replaced by a new one.'),
    reserveMib: count(1024, 'While this machine has less memory available, waiting sessions are ended.', {
      minimum: 0,
    }),
    checkSeconds: count(5, 'How often what waits is compared with what should wait.'),
    startKernel: Type.Boolean({
      default: false,
      description: 'Run a kernel once in each session that waits, so that the first one of the visitor starts sooner.',
    }),
  },
  'Sessions that are started before anybody asks for them.',
);
