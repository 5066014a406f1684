import { Type } from 'typebox';
import { count, section } from './fields.ts';

export const Sessions = section(
  {
    memoryMib: count(2048, 'Memory of one session; swap is never added.', { minimum: 64 }),
    cpus: Type.Number({ default: 1, exclusiveMinimum: 0, description: 'CPU cores of one session.' }),
    startCpus: Type.Number({
      default: 1,
      exclusiveMinimum: 0,
      description: 'CPU cores that a session has at least until Jupyter answers; with less than one that takes long.',
    }),
    pids: count(1024, 'Processes and threads of one session.', { minimum: 16 }),
    logMib: count(2, 'Log kept of one session.'),
    startTimeoutSeconds: count(120, 'The longest until Jupyter answers.'),
    startsAtOnce: count(
      0,
      'Sessions that start at the same time while the processors are busy; the others wait for their turn. 0: twice the processors.',
      { minimum: 0 },
    ),
    idleSeconds: count(1200, 'A session that nobody used for so long is ended.'),
    maxAgeSeconds: count(21_600, 'A session is ended after so long, whatever it does.'),
    downloadMib: count(1024, 'The most that the files of a session may be to be downloaded in one archive.'),
    reconcileSeconds: count(10, 'How often what runs is compared with what should run.'),
  },
  'The limits of a session.',
);
