import { count, section, text } from './fields.ts';

const orAny = { minimum: 0 };

export const Admission = section(
  {
    policyFile: text(
      '',
      'A YAML file that says who may launch what and with which limits; read again whenever it changes. See docs/operator/admission.md.',
    ),
    sessions: count(100, 'Sessions at the same time; launches beyond that wait. 0: any number.', orAny),
    sessionsPerRepository: count(
      0,
      'Sessions of one repository at the same time; a profile of the policy may say otherwise. 0: any number.',
      orAny,
    ),
    sessionsPerClient: count(
      0,
      'Sessions of one client at the same time: an IPv4 address or an IPv6 /64. 0: any number.',
      orAny,
    ),
    waiting: count(500, 'Launches that may wait for a session; those beyond that are refused.', orAny),
    launches: count(
      100,
      'New launches of one client within rateSeconds; a build token exempts, and this machine itself is not limited. 0: any number.',
      orAny,
    ),
    rateSeconds: count(3600, 'The time that admission.launches counts.'),
    graceSeconds: count(60, 'A launch whose visitor left is given up after so long, unless the visitor comes back.'),
    finishBuildPercent: count(
      50,
      'A build that nobody waits for any more is finished when so much of the usual time of this repository is over, otherwise stopped. 0: always finished.',
      { minimum: 0, maximum: 100 },
    ),
  },
  'Who is let in, how many at a time, and what becomes of those who leave.',
);
