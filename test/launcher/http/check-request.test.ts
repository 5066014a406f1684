import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../services/contracts/api/operations.ts';
import { checkPart } from '../../../services/launcher/http/check-request.ts';

const { query: launches } = OPERATIONS.listSessions;
const { query: events } = OPERATIONS.readLaunchEvents;
const { query: log } = OPERATIONS.readLaunchLog;
const { body } = OPERATIONS.createLaunch;

describe('a part of a request', () => {
  it.each([
    [events, { after: '5' }, { after: 5 }],
    [log, { follow: 'false' }, { follow: false }],
    [launches, { launch: 'one' }, { launch: 'one' }],
    [launches, { launch: ['one', 'two'] }, { launch: ['one', 'two'] }],
    [launches, { launch: '17', more: 'x' }, { launch: '17', more: 'x' }],
    [events, {}, {}],
  ])('that is text becomes what its schema %# says', (schema, sent, expected) => {
    expect(checkPart(schema, 'query', sent)).toEqual(expected);
  });

  it.each([
    [events, { after: '-1' }, 'query.after must be >= 0.'],
    [log, { follow: ['true', 'false'] }, 'query.follow must be boolean.'],
    [body, undefined, 'query must be object.'],
    [body, { provider: 'gh' }, 'query must have required properties spec.'],
    [body, { provider: 'gh', spec: 'x', 'n\u2028': 1 }, 'query must not have additional properties (n\u2028).'],
    [
      body,
      { provider: 'gh', spec: 'x', ['y'.repeat(99)]: 1 },
      expect.stringMatching(/properties \(y{50}\)\.$/) as string,
    ],
    [body, { provider: 'gh', spec: 'x'.repeat(4097) }, 'query.spec must not have more than 4096 characters.'],
    [
      launches,
      { launch: Array.from({ length: 51 }, () => 'x') },
      expect.stringMatching(/^query\.launch must/) as string,
    ],
  ])('that is not as its schema %# says is refused, and where', (schema, sent, message) => {
    expect(() => checkPart(schema, 'query', sent)).toThrow(
      expect.objectContaining({ code: 'LAUNCH_REQUEST_INVALID', message }) as Error,
    );
  });
});
