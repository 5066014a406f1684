import { expect } from 'vitest';
import { createMemoryRepositoryFiles } from '../../support/memory-repository-files.ts';
import { detect } from '../../../services/builder/detect/detect.ts';
import type { EdgeCase } from './edge-case.ts';

/** apt.txt, the binder directory, and Dockerfiles. */
export const BINDER_CASES: readonly EdgeCase[] = [
  {
    number: 51,
    title: 'apt.txt has comments, versions and architectures, and cannot run anything',
    verify: ({ environment, refusal, dockerfile }) => {
      const files = { 'apt.txt': '# tools\ntree=2.1.1-2 # pinned\ng++ libc6:i386\n' };
      expect(environment(files).apt).toEqual(['g++', 'libc6:i386', 'tree=2.1.1-2']);
      expect(dockerfile(files)).toContain("-- g++ 'libc6:i386' tree=2.1.1-2".replace("'libc6:i386'", 'libc6:i386'));
      for (const line of [
        'foo; rm -rf /',
        'a$(id)',
        '-o APT::x',
        'foo/bookworm',
        '../x.deb',
        'a`id`',
        'foo-',
        'Foo',
        'a\\',
      ])
        expect(refusal({ 'apt.txt': `tree\n${line}\n` })).toMatchObject({
          code: 'DETECT_APT_INVALID',
          message: expect.stringMatching(/^apt\.txt, line 2: /) as string,
        });
    },
  },
  {
    number: 52,
    title: 'apt.txt names a package that this release of Debian does not have',
    verify: async ({ build }) => {
      const { result } = await build({ 'apt.txt': 'python2.7-no-more\n' });
      expect(result).toMatchObject({
        ok: false,
        error: { code: 'BUILD_APT_FAILED', message: expect.stringMatching(/Debian .*python2\.7-no-more/) as string },
      });
    },
  },
  {
    number: 53,
    title: 'there are binder/ and .binder/',
    verify: ({ refusal }) => {
      const error = refusal({ 'binder/apt.txt': '', '.binder/apt.txt': '' });
      expect(error.code).toBe('DETECT_BINDER_DIR_CONFLICT');
      expect(error.message).toMatch(/binder\/.*\.binder\//);
    },
  },
  {
    number: 54,
    title: 'binder is a file, a link, in capitals, or further down',
    verify: ({ environment, reasons }) => {
      const top = { 'requirements.txt': 'six\n' };
      const staged = (files: Parameters<typeof environment>[0]) =>
        environment({ ...top, ...files }).files.map(({ path }) => path);
      expect(staged({ binder: 'text' })).toEqual(['requirements.txt']);
      expect(staged({ 'Binder/requirements.txt': 'idna\n' })).toEqual(['requirements.txt']);
      expect(staged({ 'sub/binder/requirements.txt': 'idna\n' })).toEqual(['requirements.txt']);
      expect(staged({ binder: { link: 'config' }, 'config/requirements.txt': 'idna\n' })).toEqual([
        'binder/requirements.txt',
      ]);
      expect(staged({ binder: { link: '/etc' } })).toEqual(['requirements.txt']);
      expect(reasons({ ...top, binder: { link: '../outside' } })).toMatch(/^binder not used: it is a symbolic link/m);
    },
  },
  {
    number: 55,
    title: 'the binder directory says little, and still is the only one that counts',
    verify: ({ environment, reasons }) => {
      const files = { 'binder/README.md': '', 'requirements.txt': 'six\n', 'environment.yml': 'dependencies: [a]\n' };
      expect(environment(files)).toMatchObject({ install: [] });
      expect(reasons(files)).toMatch(/^requirements.txt not used: the directory binder\/ exists, so only its files/m);
      expect(reasons(files)).toMatch(/^environment.yml not used: the directory binder\/ exists/m);
    },
  },
  {
    number: 56,
    title: 'names differ in case, on a host that does not care',
    verify: ({ environment, reasons }) => {
      const files = { 'Requirements.txt': 'six\n', 'Environment.yml': 'dependencies: [a]\n' };
      expect(environment(files)).toMatchObject({ install: [] });
      expect(reasons(files)).toMatch(/^Requirements.txt not used: upper and lower case matter: the name is req/m);
      const exact = createMemoryRepositoryFiles(files);
      const onDisk = (path: string): string =>
        Object.keys(files).find((name) => name.toLowerCase() === path.toLowerCase()) ?? path;
      const caseless = {
        ...exact,
        kindOf: (path: string) => exact.kindOf(onDisk(path)),
        read: (path: string) => exact.read(onDisk(path)),
      };
      expect(caseless.kindOf('requirements.txt')).toBe('file');
      expect(detect(caseless, { pythons: ['3.13'], defaultPython: '3.13' })).toMatchObject({ installs: [] });
    },
  },
  {
    number: 57,
    title: 'a Dockerfile is built as it is, and its image is looked at',
    verify: async ({ base, build, run }) => {
      const from = await base();
      const { image, log, result } = await build({
        Dockerfile: [
          `ARG BASE=${from}`,
          'FROM ${BASE} AS builder',
          'USER root',
          'RUN echo made > /made.txt',
          'FROM ${BASE}',
          'COPY --from=builder /made.txt /made.txt',
          'COPY . /copied/',
          'USER root',
          'RUN rm -rf /srv/conda/envs/notebook/bin/jupyter*',
          '',
        ].join('\n'),
        '.dockerignore': '*.bin\n!kept.bin\n',
        'kept.bin': '',
        'left.bin': '',
      });
      expect(result).toMatchObject({ ok: true });
      expect((await run(image, ['sh', '-c', 'cat /made.txt; ls -A /copied'])).output.split('\n')).toEqual(
        expect.arrayContaining(['made', 'kept.bin']),
      );
      expect((await run(image, ['ls', '/copied'])).output).not.toContain('left.bin');
      expect(log).toMatch(/root/);
      expect(log).toMatch(/jupyter-lab/);
    },
  },
  {
    number: 58,
    title: 'the Dockerfile at the top is of no use where there is a binder directory',
    verify: ({ plan }) => {
      const files = { Dockerfile: 'FROM andrewosh/binder-base\n', 'binder/requirements.txt': 'six\n' };
      expect(plan(files)).toMatchObject({ kind: 'environment', files: [{ path: 'binder/requirements.txt' }] });
    },
  },
];
