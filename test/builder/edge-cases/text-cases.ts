import { expect } from 'vitest';
import type { EdgeCase } from './edge-case.ts';
import type { Tools } from './tools.ts';

const utf16 = (text: string): Uint8Array => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
const PLAIN = { 'requirements.txt': 'six\n', 'apt.txt': 'tree\n', 'runtime.txt': 'python-3.11\n' };

/** The same text in another encoding or with other line ends is the same plan, but for nothing at all. */
const expectSamePlan = ({ plan }: Tools, files: Record<string, string | Uint8Array>): void => {
  expect(plan({ ...PLAIN, ...files })).toEqual(plan(PLAIN));
};

/** How the bytes of configuration files become text. */
export const TEXT_CASES: readonly EdgeCase[] = [
  {
    number: 1,
    title: 'requirements.txt begins with a byte order mark, in front of a local package too',
    verify: (tools) => {
      expectSamePlan(tools, { 'requirements.txt': '\ufeffsix\n' });
      const local = { 'requirements.txt': '\ufeff-e .\n', 'setup.py': '' };
      expect(tools.environment(local)).toMatchObject({ install: [], after: [{ kind: 'local-packages' }] });
    },
  },
  {
    number: 2,
    title: 'runtime.txt and apt.txt begin with a byte order mark',
    verify: (tools) => expectSamePlan(tools, { 'runtime.txt': '\ufeffpython-3.11\n', 'apt.txt': '\ufefftree\n' }),
  },
  {
    number: 3,
    title: 'environment.yml begins with a byte order mark',
    verify: ({ plan }) => {
      const yml = 'dependencies: [python=3.11, numpy]\n';
      expect(plan({ 'environment.yml': `\ufeff${yml}` })).toEqual(plan({ 'environment.yml': yml }));
    },
  },
  {
    number: 4,
    title: 'requirements.txt is UTF-16, as a Windows shell redirects it',
    verify: (tools) => expectSamePlan(tools, { 'requirements.txt': utf16('six\r\n') }),
  },
  {
    number: 5,
    title: 'requirements.txt is not text at all',
    verify: ({ refusal }) => {
      for (const bytes of [new Uint8Array([0x50, 0x4b, 3, 4, 0, 0, 0xff]), Buffer.from('six', 'utf16le')])
        expect(refusal({ 'requirements.txt': bytes })).toMatchObject({
          code: 'DETECT_FILE_UNREADABLE',
          message: expect.stringContaining('requirements.txt') as string,
        });
    },
  },
  {
    number: 6,
    title: 'a comment of requirements.txt is in Latin-1',
    verify: (tools) => expectSamePlan(tools, { 'requirements.txt': Buffer.from('six # für\n', 'latin1') }),
  },
  {
    number: 8,
    title: 'configuration files have Windows line ends',
    verify: (tools) => {
      const crlf = Object.entries(PLAIN).map(([name, text]) => [name, text.replaceAll('\n', '\r\n')] as const);
      expectSamePlan(tools, Object.fromEntries(crlf));
      const yml = 'channels:\n  - a\ndependencies:\n  - numpy\n  - pip:\n    - six\n';
      expect(tools.plan({ 'environment.yml': yml.replaceAll('\n', '\r\n') })).toEqual(
        tools.plan({ 'environment.yml': yml }),
      );
    },
  },
];
