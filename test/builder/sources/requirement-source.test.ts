import { describe, expect, it } from 'vitest';
import { nameCommit, parseRequirementSource } from '../../../services/builder/sources/requirement-source.ts';

const COMMIT = 'a'.repeat(40);

const describeSource = (text: string): string | undefined => {
  const source = parseRequirementSource(text);
  if (source === undefined) return undefined;
  return source.kind === 'git' ? `${source.repository.href} at ${source.ref}` : source.address.href;
};

describe('the source of a requirement', () => {
  it.each([
    ['x @ git+https://example.org/x.git@main', 'https://example.org/x.git at main'],
    [
      'x[a] @ git+https://example.org/x@feature/b#subdirectory=c ; python_version > "3"',
      'https://example.org/x at feature/b',
    ],
    ['git+https://example.org/x.git#egg=x', 'https://example.org/x.git at HEAD'],
    ['git+https://git@example.org/a/b.git@v1', 'https://example.org/a/b.git at v1'],
    ['git+https://example.org/x@1.0;python_version>"3"', 'https://example.org/x at 1.0'],
    ['x@git+https://example.org/x@main', 'https://example.org/x at main'],
    ['x @ https://example.org/x.zip ; os_name == "posix"', 'https://example.org/x.zip'],
    ['https://example.org/x-1-py3-none-any.whl', 'https://example.org/x-1-py3-none-any.whl'],
    ['x@https://example.org/x.zip', 'https://example.org/x.zip'],
  ])('may move: %s', (text, expected) => {
    expect(describeSource(text)).toBe(expected);
  });

  it.each([
    ['numpy'],
    ['numpy==2 ; python_version > "3"'],
    [`x @ git+https://example.org/x@${COMMIT}`],
    ['x @ https://example.org/x.zip#sha256=ab12'],
    ['x @ https://example.org/x.zip#egg=x&sha256=ab12'],
    ['x @ https://example.org/x.zip --hash=sha256:ab12'],
  ])('does not move: %s', (text) => {
    expect(describeSource(text)).toBeUndefined();
  });

  it('names its commit in place of the ref, and keeps the rest', () => {
    const name = (text: string): string => {
      const source = parseRequirementSource(text);
      return source?.kind === 'git' ? nameCommit(text, source.address, COMMIT) : '';
    };
    expect(name('x @ git+https://git@example.org/x@main#egg=x ; os_name == "posix"')).toBe(
      `x @ git+https://git@example.org/x@${COMMIT}#egg=x ; os_name == "posix"`,
    );
    expect(name('git+https://example.org/$&')).toBe(`git+https://example.org/$&@${COMMIT}`);
  });
});
