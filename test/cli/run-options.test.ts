import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePublish, parseVolume, readRunOptions, type RunOptions } from '../../services/cli/run-options.ts';
import { SlipwayError } from '../../services/contracts/slipway-error.ts';

const read = (options: RunOptions, directory?: string) =>
  readRunOptions(options, { inherited: { HERE: 'yes' }, directory, home: '/home/jovyan' });

describe('options of a run', () => {
  it.each([
    ['8888', { container: '8888/tcp', hostIp: '', hostPort: '' }],
    ['80:8888', { container: '8888/tcp', hostIp: '', hostPort: '80' }],
    ['127.0.0.1:80:8888/udp', { container: '8888/udp', hostIp: '127.0.0.1', hostPort: '80' }],
    ['127.0.0.1::8888', { container: '8888/tcp', hostIp: '127.0.0.1', hostPort: '' }],
    ['[::1]:80:8888', { container: '8888/tcp', hostIp: '::1', hostPort: '80' }],
  ])('reads the port mapping %s as Docker does', (text, expected) => {
    expect(parsePublish(text)).toEqual(expected);
  });

  it.each(['', '0', '70000', 'a:b', '80:8888/sctp', '80:', '1:2:3', '99999:80'])(
    'refuses %j as a port mapping',
    (text) => {
      expect(() => parsePublish(text)).toThrow(/is not a port mapping/);
    },
  );

  it('reads mounts, with paths of this machine made absolute', () => {
    expect(parseVolume('./data:/data:ro')).toBe(`${resolve('data')}:/data:ro`);
    expect(parseVolume('named:/data')).toBe('named:/data');
    for (const text of ['', 'a', 'a:b', ':/a', '/a:/b:rx']) expect(() => parseVolume(text)).toThrow(/is not a mount/);
  });

  it('gives a container its variables, mounts and ports', () => {
    const config = read({ env: ['A=1', 'A=2', 'HERE', 'ABSENT'], publish: ['1:80', '2:80'], editable: true }, '/repo');
    expect(config).toEqual({
      env: ['A=2', 'HERE=yes'],
      binds: ['/repo:/home/jovyan'],
      publishesAll: false,
      ports: {
        '80/tcp': [
          { HostIp: '', HostPort: '1' },
          { HostIp: '', HostPort: '2' },
        ],
      },
    });
  });

  it('has nothing to edit in a repository that is elsewhere', () => {
    expect(() => read({ editable: true })).toThrow(/--editable needs a directory/);
  });

  it('ends in a result or one clear message, whatever is typed', () => {
    const isClear = (options: RunOptions): boolean => {
      try {
        return read(options).binds.length >= 0;
      } catch (error) {
        return error instanceof SlipwayError && error.code === 'CONFIG_INVALID';
      }
    };
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('env', 'volume', 'publish'), (text, option) =>
        isClear({ [option]: [text] }),
      ),
      { numRuns: 2000 },
    );
  });
});
