import { Type } from 'typebox';
import { count, section, text } from './fields.ts';

const CIDR4 = String.raw`\d{1,3}(\.\d{1,3}){3}(/\d{1,2})?`;
const CIDR6 = String.raw`[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(/\d{1,3})?`;

const texts = (pattern: string, value: readonly string[], description: string) =>
  Type.Array(Type.String({ pattern: `^(${pattern})$` }), { default: [...value], description });

export const Isolation = section(
  {
    runtime: text(
      '',
      'The container runtime of sessions by the name that the engine has for it, as runsc; default: the engine’s.',
    ),
    diskMib: count(10_240, 'What a session may write to its disk; one that wrote more is ended.'),
    files: count(500_000, 'How many files a session may make; one that made more is ended.'),
    checkSeconds: count(
      15,
      'How often the disks of the sessions are measured, and the rules of their network looked at.',
    ),
    egress: Type.Union([Type.Literal('filtered'), Type.Literal('none'), Type.Literal('open')], {
      default: 'filtered',
      description:
        'What sessions reach: filtered, public addresses at egressPorts; none, nothing; open, whatever the engine lets them, this machine included.',
    }),
    egressPorts: Type.Array(Type.String({ pattern: '^\\d{1,5}(:\\d{1,5})?$' }), {
      default: ['80', '443', '9418'],
      maxItems: 15,
      description: 'The TCP ports of public addresses that filtered sessions reach: PORT or FIRST:LAST.',
    }),
    egressAllow: texts(
      String.raw`${CIDR4}(:\d{1,5})?|\[${CIDR6}\](:\d{1,5})?`,
      [],
      'What filtered sessions reach beside that, by TCP: ADDRESS, ADDRESS/BITS or either with :PORT; an IPv6 address in brackets. A mirror of packages, for example.',
    ),
    egressDeny: texts(
      `${CIDR4}|${CIDR6}`,
      [],
      'Public addresses that filtered sessions do not reach: ADDRESS or ADDRESS/BITS.',
    ),
    connectionsPerSecond: count(
      50,
      'How many new connections a second one session may open; a burst may be twice as many.',
      {
        minimum: 1,
        maximum: 10_000,
      },
    ),
    dns: texts(
      `${CIDR4}|${CIDR6}`,
      [],
      'The DNS servers of sessions, the only ones that filtered sessions reach; default: those of this machine.',
    ),
  },
  'What a session is kept from.',
);
