import { describe, expect, it } from 'vitest';
import { makeCanonical } from '../../../services/launcher/repo/canonical-repository.ts';
import { FORGES } from '../../support/forges.ts';

const canonical = (address: string): string => makeCanonical(new URL(address), FORGES);

describe('the canonical name of a repository', () => {
  it.each([
    'https://github.com/Owner/Repo',
    'https://github.com/owner/repo.git',
    'https://github.com/owner/repo.GIT/',
    'https://www.github.com/owner/repo',
    'https://github.com./owner/repo',
    'https://GITHUB.com:443//owner//repo//',
    'https://github.com/%6fwner/rep%6F',
    'https://github.com/owner/x/../repo',
    'https://github.com/owner/%2e/repo%2egit',
  ])('is the same for %s', (address) => {
    expect(canonical(address)).toBe('github.com/owner/repo');
  });

  it.each([
    ['https://gitlab.com/Group/Sub/Project.git', 'gitlab.com/group/sub/project'],
    ['https://gist.github.com/Owner/ABC123.git', 'gist.github.com/abc123'],
    ['https://gist.github.com/abc123', 'gist.github.com/abc123'],
    ['https://example.org/Owner/Repo', 'example.org/Owner/Repo'],
    ['https://www.example.org:8443/a%20b/c', 'www.example.org:8443/a%20b/c'],
    ['https://example.org/100%/x', 'example.org/100%25/x'],
  ])('of %s is %s', (address, name) => {
    expect(canonical(address)).toBe(name);
  });

  it('knows the forges of the settings too', () => {
    const forges = { ...FORGES, gitlab: 'git.example.org:8443' };
    expect(makeCanonical(new URL('https://git.example.org:8443/A/B.git'), forges)).toBe('git.example.org:8443/a/b');
  });
});
