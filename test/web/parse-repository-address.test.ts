import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRepositoryAddress } from '../../web/src/address/parse-repository-address.ts';
import type { OpenTarget, RepositoryAddress } from '../../web/src/address/repository-address.ts';

const file = (value: string): OpenTarget => ({ kind: 'file', value });
const gh = (repo: string, rest: Partial<RepositoryAddress> = {}): RepositoryAddress => ({
  provider: 'gh',
  repo,
  ...rest,
});
const git = (repo: string, rest: Partial<RepositoryAddress> = {}): RepositoryAddress => ({
  provider: 'git',
  repo,
  ...rest,
});

const SHA = '3f1c0de3f1c0de3f1c0de3f1c0de3f1c0de3f1c0';

const UNDERSTOOD: readonly (readonly [typed: string, address: RepositoryAddress])[] = [
  ['https://github.com/o/r', gh('o/r')],
  ['  https://github.com/o/r/  ', gh('o/r')],
  ['http://www.github.com/o/r', gh('o/r')],
  ['github.com/o/r', gh('o/r')],
  ['https://github.com/o/r.git', gh('o/r')],
  ['git clone https://github.com/o/r.git', gh('o/r')],
  ['git@github.com:o/r.git', gh('o/r')],
  ['ssh://git@github.com/o/r.git', gh('o/r')],
  ['git+https://github.com/o/r', gh('o/r')],
  ['o/r', gh('o/r')],
  ['o/r.js', gh('o/r.js')],
  ['o/r/', gh('o/r')],
  ['https://github.com/o/r/tree/main', gh('o/r', { ref: 'main' })],
  ['https://github.com/o/r/tree/feature/x', gh('o/r', { ref: 'feature/x' })],
  ['https://github.com/o/r/tree/feature%2Fx', gh('o/r', { ref: 'feature/x' })],
  ['https://github.com/o/r/tree/main/docs/a', gh('o/r', { ref: 'main', path: file('docs/a') })],
  ['https://github.com/o/r/tree/v1.2/docs', gh('o/r', { ref: 'v1.2', path: file('docs') })],
  [`https://github.com/o/r/commit/${SHA}`, gh('o/r', { ref: SHA })],
  ['https://github.com/o/r/releases/tag/v1.0', gh('o/r', { ref: 'v1.0' })],
  ['https://github.com/o/r/issues/12', gh('o/r')],
  ['https://github.com/o/r/blob/main/a/b.ipynb', gh('o/r', { ref: 'main', path: file('a/b.ipynb') })],
  ['https://github.com/o/r/blob/main/a%20b.ipynb#L3', gh('o/r', { ref: 'main', path: file('a b.ipynb') })],
  ['https://github.com/o/r/blob/main/a.ipynb?plain=1', gh('o/r', { ref: 'main', path: file('a.ipynb') })],
  ['o/r/blob/main/a.ipynb', gh('o/r', { ref: 'main', path: file('a.ipynb') })],
  ['https://raw.githubusercontent.com/o/r/main/a.ipynb', gh('o/r', { ref: 'main', path: file('a.ipynb') })],
  ['https://raw.githubusercontent.com/o/r/refs/heads/main/a.ipynb', gh('o/r', { ref: 'main', path: file('a.ipynb') })],
  ['https://nbviewer.org/github/o/r/blob/main/a.ipynb', gh('o/r', { ref: 'main', path: file('a.ipynb') })],
  ['https://colab.research.google.com/github/o/r/blob/main/a.ipynb', gh('o/r', { ref: 'main', path: file('a.ipynb') })],
  ['http://127.0.0.1:3000/course.git', git('http://127.0.0.1:3000/course.git')],
  ['127.0.0.1:3000/course.git', git('http://127.0.0.1:3000/course.git')],
  ['localhost:3000/course', git('http://localhost:3000/course')],
  ['https://git.example.org/a/b', git('https://git.example.org/a/b')],
  ['git.example.org/a/b/', git('https://git.example.org/a/b')],
  ['https://git.example.org/~me/b.git', git('https://git.example.org/~me/b.git')],
  ['git@git.example.org:a/b.git', git('https://git.example.org/a/b.git')],
  ['ssh://git@git.example.org:2222/a/b.git', git('https://git.example.org/a/b.git')],
  ['https://me@git.example.org/a/b.git', git('https://git.example.org/a/b.git')],
  ['https://gist.github.com/me/0123abc', git('https://gist.github.com/me/0123abc')],
  ['https://gitlab.com/g/s/r', git('https://gitlab.com/g/s/r.git')],
  ['https://gitlab.com/g/s/r/-/tree/main', git('https://gitlab.com/g/s/r.git', { ref: 'main' })],
  [
    'https://gitlab.com/g/r/-/blob/main/a.ipynb',
    git('https://gitlab.com/g/r.git', { ref: 'main', path: file('a.ipynb') }),
  ],
  [
    'https://codeberg.org/o/r/src/branch/main/a.ipynb',
    git('https://codeberg.org/o/r', { ref: 'main', path: file('a.ipynb') }),
  ],
  ['/v2/gh/o/r/HEAD', gh('o/r', { ref: 'HEAD' })],
  ['v2/gh/o/r/feature/x', gh('o/r', { ref: 'feature/x' })],
  ['https://mybinder.org/v2/gh/o/r/a%23b?labpath=x%2Fy.ipynb', gh('o/r', { ref: 'a#b', path: file('x/y.ipynb') })],
  ['mybinder.org/v2/gh/o/r/main?filepath=y.ipynb', gh('o/r', { ref: 'main', path: file('y.ipynb') })],
  [
    'https://mybinder.org/v2/gh/o/r/main?urlpath=rstudio',
    gh('o/r', { ref: 'main', path: { kind: 'url', value: 'rstudio' } }),
  ],
  ['https://h.example/binder/v2/git/https%3A%2F%2Fx.org%2Fa.git/main', git('https://x.org/a.git', { ref: 'main' })],
  ['/v2/git/https://x.org/a.git/HEAD', git('https://x.org/a.git', { ref: 'HEAD' })],
  ['/v2/gl/g%2Fs%2Fr/main', { provider: 'gl', repo: 'g/s/r', ref: 'main' }],
  ['/v2/zenodo/10.5281/zenodo.3242074/', { provider: 'zenodo', repo: '10.5281/zenodo.3242074' }],
];

const REFUSED: readonly (readonly [typed: string, says: RegExp])[] = [
  ['', /Paste the address/],
  ['repository', /Write owner\/repository/],
  ['see https://github.com/o/r', /no spaces/],
  ['https://github.com/owner', /names no repository/],
  ['https://github.com/o/..', /names no repository/],
  ['o/r@v1', /Write it as owner\/repository/],
  ['https://git.example.org/', /only the name of a host/],
  ['git.example.org', /only the name of a host/],
  ['ftp://git.example.org/a', /ftp:\/\/ addresses/],
  ['git://git.example.org/a', /https:\/\/ address/],
  ['javascript:alert(1)', /not the address/],
  ['https://me:secret@git.example.org/a.git', /holds a password/],
  ['https://', /not the address/],
  ['/v2/gh/owner', /names no repository/],
  ['/v2/gh/owner//main', /names no repository/],
  ['/v2/git//', /names no repository/],
  ['/v2/git/https://git.example.org', /names no repository/],
  ['/v2/nowhere/x', /not complete/],
];

describe('parseRepositoryAddress', () => {
  it.each(UNDERSTOOD)('understands %s', (typed, address) => {
    expect(parseRepositoryAddress(typed)).toMatchObject({ ok: true });
    expect(parseRepositoryAddress(typed)).toHaveProperty('address', address);
  });

  it.each(REFUSED)('refuses %s and says what would be right', (typed, says) => {
    const reading = parseRepositoryAddress(typed);
    expect(reading.ok ? 'understood' : reading.message).toMatch(says);
  });

  it('never repeats a password', () => {
    expect(JSON.stringify(parseRepositoryAddress('https://me:secret@git.example.org/a.git'))).not.toContain('secret');
  });

  it('says where a branch with a slash could be meant', () => {
    expect(parseRepositoryAddress('https://github.com/o/r/tree/feature/x')).toHaveProperty('note');
    expect(parseRepositoryAddress('https://github.com/o/r/blob/feature/x/a.ipynb')).toHaveProperty('note');
    expect(parseRepositoryAddress('https://github.com/o/r/blob/main/x/a.ipynb')).not.toHaveProperty('note');
  });

  it('reads anything without throwing, and never gives an empty repository', () => {
    const pieces = fc.constantFrom(
      'https://',
      'github.com',
      '/',
      '/v2/',
      'gh/',
      'git/',
      '%',
      '%2F',
      '@',
      ':',
      '?',
      '#',
      '..',
      'tree',
      '-',
      'é',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(fc.oneof(pieces, fc.string({ maxLength: 4 }))).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (typed) => {
        const reading = parseRepositoryAddress(typed);
        expect(reading.ok ? reading.address.repo : reading.message).not.toBe('');
      }),
      { numRuns: 2000 },
    );
  });
});
