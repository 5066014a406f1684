import { describe, expect, it } from 'vitest';
import { createLogger } from '../../services/platform/logger.ts';
import { redactCredentials } from '../../services/platform/redact-credentials.ts';

const logged = (fields: object): string => {
  const lines: string[] = [];
  createLogger({ level: 'info', destination: { write: (line: string) => void lines.push(line) } }).info(fields, 'said');
  return lines.join('');
};

describe('createLogger', () => {
  it('writes one JSON object a line', () => {
    expect(JSON.parse(logged({ launch: 'abc' }))).toMatchObject({ launch: 'abc', msg: 'said' });
  });

  it.each([
    { token: 'hush' },
    { settings: { registry: { password: 'hush' } } },
    { session: { token: 'hush' } },
    { headers: { authorization: 'hush' } },
    { a: { b: { cookie: 'hush' } } },
  ])('never writes the secret in %j', (fields) => {
    expect(logged(fields)).not.toContain('hush');
  });
});

describe('redactCredentials', () => {
  it('takes users and passwords out of addresses and leaves the rest', () => {
    expect(redactCredentials('from https://u:p@a.b/c?d=e@f and git://x@y/z, mail a@b')).toBe(
      'from https://a.b/c?d=e@f and git://y/z, mail a@b',
    );
  });
});
