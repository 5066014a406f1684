import { describe, expect, it } from 'vitest';
import { createArchiveTree, type ArchiveEntry } from '../../../../services/builder/fetch/archive/archive-tree.ts';

const file = (name: string): ArchiveEntry => ({ name, type: 'file' });
const link = (name: string, linkname: string): ArchiveEntry => ({ name, type: 'symlink', linkname });
const addAll = (entries: readonly ArchiveEntry[], maxEntries = 100) => {
  const tree = createArchiveTree(maxEntries);
  return entries.map((entry) => tree.add(entry));
};

describe('the rules of an archive', () => {
  it('take directories, files and links that stay inside', () => {
    const entries: ArchiveEntry[] = [
      { name: './', type: 'directory' },
      { name: 'a/', type: 'directory' },
      { name: 'a/', type: 'directory' },
      file('./a//b c\n'),
      link('a/up', '../other'),
      { name: 'hard', type: 'link', linkname: 'a/b c\n' },
      file('__MACOSX/._x'),
      file('-rf'),
    ];
    expect(addAll(entries)).toEqual([
      undefined,
      { kind: 'directory', path: 'a' },
      { kind: 'directory', path: 'a' },
      { kind: 'file', path: 'a/b c\n' },
      { kind: 'link', path: 'a/up', target: '../other' },
      { kind: 'hard-link', path: 'hard', target: 'a/b c\n' },
      undefined,
      { kind: 'file', path: '-rf' },
    ]);
  });

  it.each<[string, readonly ArchiveEntry[]]>([
    ['an absolute name', [file('/etc/passwd')]],
    ['a name with ..', [file('a/../../b')]],
    ['a drive', [file('C:/x')]],
    ['a backslash', [file('..\\x')]],
    ['a NUL', [file('a\0b')]],
    ['no name', [file('./')]],
    ['a very long name', [file('x'.repeat(300))]],
    ['too many directories', [file('d/'.repeat(70))]],
    ['the same file twice', [file('a'), file('./a')]],
    ['a directory over a file', [file('a'), { name: 'a/', type: 'directory' }]],
    ['a file over a directory', [file('a/b'), file('a')]],
    ['a file below a link', [link('a', 'b'), file('a/x')]],
    ['a file below a file', [file('a'), file('a/x')]],
    ['a link to /', [link('a', '/etc')]],
    ['a link to ..', [link('a', '..')]],
    ['a link far out', [link('a/b', '../../x')]],
    ['a link to nothing', [link('a', '')]],
    ['a hard link to the outside', [{ name: 'a', type: 'link', linkname: '../x' }]],
    ['a hard link to a link', [link('b', 'c'), { name: 'a', type: 'link', linkname: 'b' }]],
    ['a device', [{ name: 'a', type: 'character-device' }]],
    ['a pipe', [{ name: 'a', type: 'fifo' }]],
  ])('refuse %s', (_what, entries) => {
    expect(() => addAll(entries)).toThrow(expect.objectContaining({ code: 'FETCH_ARCHIVE_INVALID' }) as Error);
  });

  it('count entries', () => {
    expect(() => addAll([file('a'), file('b')], 1)).toThrow(
      expect.objectContaining({ code: 'FETCH_TOO_LARGE' }) as Error,
    );
  });
});
