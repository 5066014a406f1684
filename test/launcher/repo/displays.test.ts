import { describe, expect, it } from 'vitest';
import { Settings } from '../../../services/contracts/settings.ts';
import { createRepoProviders } from '../../../services/launcher/repo/index.ts';
import { systemClock } from '../../../services/platform/clock.ts';
import { loadConfig } from '../../../services/platform/config-loader.ts';

const providers = createRepoProviders({
  settings: loadConfig(Settings, { env: {}, prefix: 'SLIPWAY' }),
  git: () => expect.fail('asked'),
  guard: () => expect.fail('asked'),
  clock: systemClock,
  onGithubRemaining: () => undefined,
  onLookup: () => undefined,
});
const displayOf = (id: string) => providers.get(id).display;

describe('the providers', () => {
  it('are those of BinderHub, in its order', () => {
    const ids = ['gh', 'gist', 'git', 'gl', 'zenodo', 'figshare', 'hydroshare', 'dataverse', 'ckan'];
    expect(providers.displays().map(({ id }) => id)).toEqual(ids);
  });

  it.each([
    ['gh', 'org/repo/', 'org/repo'],
    ['gh', 'https://github.com/org/repo/tree/main', 'org/repo/tree/main'],
    ['gh', 'https://www.github.com/org/repo', 'https://www.github.com/org/repo'],
    ['gh', 'https://gist.github.com/u/abc', 'https://gist.github.com/u/abc'],
    ['gh', 'HTTPS://GITHUB.COM/org/repo', 'HTTPS://GITHUB.COM/org/repo'],
    ['gl', 'https://gitlab.com/org/repo', 'org/repo'],
    ['gl', 'https://gitlab.com/org/repo/', 'org/repo'],
    ['gl', 'org/repo', 'org/repo'],
    ['gl', 'https://www.github.com/org/repo', 'https://www.github.com/org/repo'],
    ['gl', 'git@github.com:org/repo.git', 'git@github.com:org/repo.git'],
    ['gl', '  org/repo', '  org/repo'],
    ['gl', 'https://gitlab.com/a/b/c', 'a/b/c'],
    ['gl', 'org/repo?x=1', 'org/repo?x=1'],
    ['gist', 'user/12345', 'user/12345'],
    ['gist', 'git@github.com:org/repo.git', 'git@github.com:org/repo.git'],
    ['gist', '  org/repo', '  org/repo'],
    ['gist', 'https://gist.github.com/u/abc', 'u/abc'],
    ['gist', 'https://gitlab.example.org/a/b', 'https://gitlab.example.org/a/b'],
    ['gist', 'HTTPS://GITHUB.COM/org/repo', 'HTTPS://GITHUB.COM/org/repo'],
    ['gist', '/', undefined],
  ])('find in %s %j the repository %j', (id, text, repo) => {
    expect(new RegExp(displayOf(id).detect?.regex ?? '').exec(text)?.groups?.['repo']).toBe(repo);
  });

  it.each([
    ['gh', 'u/r/HEAD', true],
    ['gh', 'u/r/feature/x', true],
    ['gh', 'u/r', false],
    ['gh', 'u/r/', false],
    ['gist', 'u/abc', true],
    ['gist', 'u/abc/HEAD', true],
    ['git', 'https%3A%2F%2Fx.org%2Fa/HEAD', true],
    ['git', 'https://x.org/a/HEAD', true],
    ['git', 'abc', false],
    ['gl', 'g%2Fr/HEAD', true],
    ['dataverse', '10.7910/DVN/TJCLKP', true],
    ['hydroshare', 'https%3A%2F%2Fwww.hydroshare.org%2Fresource%2Fx', true],
    ['ckan', 'https%3A%2F%2Fdemo.ckan.org%2Fdataset%2Fd', true],
    ['ckan', 'https://demo.ckan.org/dataset/d', false],
  ])('take %s/%s for a whole link: %s', (id, spec, isWhole) => {
    expect(new RegExp(`^${displayOf(id).spec.validateRegex}$`).test(spec)).toBe(isWhole);
  });
});
