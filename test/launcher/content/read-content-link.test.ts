import { describe, expect, it } from 'vitest';
import { readContentLink } from '../../../services/launcher/content/read-content-link.ts';

/** As it is in the query of a launch link, decoded once. */
const gitPull = (query: Record<string, string>): string => `git-pull?${new URLSearchParams(query).toString()}`;

const repo = (address: string, ref: string) => ({ provider: 'git', spec: `${encodeURIComponent(address)}/${ref}` });

describe('the content of a launch link', () => {
  it('is named by provider and spec, as the repository itself', () => {
    expect(readContentLink({ content: 'gh/owner/course/main' })).toEqual({
      repo: { provider: 'gh', spec: 'owner/course/main' },
    });
    expect(readContentLink({ content: 'git/https%3A%2F%2Fa.example%2Fb/HEAD', urlpath: 'lab/tree/b/x.ipynb' })).toEqual(
      {
        repo: { provider: 'git', spec: 'https%3A%2F%2Fa.example%2Fb/HEAD' },
        path: 'lab/tree/b/x.ipynb',
      },
    );
  });

  it('is read from a link of nbgitpuller, which is encoded twice', () => {
    const link =
      'urlpath=git-pull%3Frepo%3Dhttps%253A%252F%252Fgithub.com%252Fo%252Fr%26branch%3Dmain%26urlpath%3Dlab%252Ftree%252Fr%252Fx.ipynb';
    expect(readContentLink({ urlpath: new URLSearchParams(link).get('urlpath') })).toEqual({
      repo: repo('https://github.com/o/r', 'main'),
      directory: 'r',
      path: 'lab/tree/r/x.ipynb',
      isGitPull: true,
    });
  });

  it.each([
    [
      { repo: 'https://a.example/course.git' },
      { repo: repo('https://a.example/course.git', 'HEAD'), directory: 'course' },
    ],
    [
      { repo: 'https://a.example/course/', branch: 'a/b' },
      { repo: repo('https://a.example/course/', 'a%2Fb'), directory: 'course' },
    ],
    [
      { repo: 'https://a.example/c', targetPath: 'week/1' },
      { repo: repo('https://a.example/c', 'HEAD'), directory: 'week/1' },
    ],
    [
      { repo: 'https://a.example/c', urlPath: 'tree/c' },
      { repo: repo('https://a.example/c', 'HEAD'), directory: 'c', path: 'tree/c' },
    ],
    [{}, { repo: repo('', 'HEAD'), directory: '' }],
  ])('understands what nbgitpuller does: %j', (query, content) => {
    expect(readContentLink({ urlpath: gitPull(query) })).toEqual({ ...content, isGitPull: true });
    expect(readContentLink({ urlpath: `/${gitPull(query)}` })).toEqual({ ...content, isGitPull: true });
  });

  it.each([{}, { urlpath: 'lab/tree/x' }, { urlpath: 'git-pull' }, { content: '' }, { content: ['a', 'b'] }])(
    'is nothing in %j',
    (query) => expect(readContentLink(query)).toBeUndefined(),
  );
});
