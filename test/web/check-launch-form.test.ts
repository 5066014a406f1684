import { describe, expect, it } from 'vitest';
import { type LaunchForm, checkLaunchForm } from '../../web/src/address/check-launch-form.ts';
import { BASIC_PROVIDERS } from '../../web/src/address/read-providers.ts';
import type { ProviderDisplay } from '../../services/contracts/repository.ts';

const [github, git = github] = BASIC_PROVIDERS;
const zenodo: ProviderDisplay = {
  displayName: 'Zenodo DOI',
  id: 'zenodo',
  spec: { validateRegex: String.raw`10\.\d+\/(.)+` },
  repo: { label: 'Zenodo DOI', placeholder: '10.5281/zenodo.3242074', urlEncode: false },
  ref: { enabled: false },
};

const form = (fields: Partial<LaunchForm>): LaunchForm => ({
  repo: '',
  ref: '',
  path: '',
  pathKind: 'file',
  ...fields,
});

describe('checkLaunchForm', () => {
  it.each([
    ['the default branch', form({ repo: ' o/r ' }), github, '/v2/gh/o/r/HEAD'],
    [
      'a ref and a file',
      form({ repo: 'o/r', ref: 'dev/x', path: '/a.ipynb' }),
      github,
      '/v2/gh/o/r/dev/x?labpath=a.ipynb',
    ],
    ['a GitHub address', form({ repo: 'https://github.com/o/r.git' }), github, '/v2/gh/o/r/HEAD'],
    [
      'any git address',
      form({ repo: 'http://127.0.0.1:3000/a.git' }),
      git,
      '/v2/git/http%3A%2F%2F127.0.0.1%3A3000%2Fa.git/HEAD',
    ],
    [
      'GitHub by its git address',
      form({ repo: 'https://github.com/o/r' }),
      git,
      '/v2/git/https%3A%2F%2Fgithub.com%2Fo%2Fr/HEAD',
    ],
    [
      'a URL to open',
      form({ repo: 'o/r', path: '/rstudio?a=b', pathKind: 'url' }),
      github,
      '/v2/gh/o/r/HEAD?urlpath=/rstudio%3Fa%3Db',
    ],
    ['no ref where there is none', form({ repo: '10.5281/zenodo.1', ref: 'x' }), zenodo, '/v2/zenodo/10.5281/zenodo.1'],
  ])('makes a link with %s', (...[, fields, provider, link]) => {
    expect(checkLaunchForm(fields, provider)).toEqual({ ok: true, link });
  });

  it.each([
    ['repo', form({}), github, /Fill in the repository/],
    ['repo', form({ repo: 'https://git.example.org/a' }), github, /not an address of GitHub/],
    ['repo', form({ repo: 'o/r' }), git, /whole address/],
    ['repo', form({ repo: 'ten.5281' }), zenodo, /should look like 10.5281/],
    ['ref', form({ repo: 'o/r', ref: 'a..b' }), github, /without “..”/],
    ['ref', form({ repo: 'o/r', ref: '/a' }), github, /slash at its ends/],
    ['path', form({ repo: 'o/r', path: '../a.ipynb' }), github, /path of a file/],
    ['path', form({ repo: 'o/r', path: 'https://evil.example/', pathKind: 'url' }), github, /behind the address/],
  ] as const)('says what is wrong with the field %s', (...[field, fields, provider, says]) => {
    const checked = checkLaunchForm(fields, provider);
    expect(checked.ok ? {} : checked.errors).toHaveProperty(field, expect.stringMatching(says));
  });
});
