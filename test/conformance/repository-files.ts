import { describe, expect, it } from 'vitest';
import type { RepositoryFiles } from '../../services/builder/detect/repository-files.ts';
import type { RepositoryTable } from '../support/memory-repository-files.ts';

type Contract = {
  readonly create: (table: RepositoryTable) => RepositoryFiles;
  /** Why it cannot run here. */
  readonly skip?: string;
};

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** What every RepositoryFiles promises. */
export const repositoryFilesContract = ({ create, skip }: Contract): void => {
  describe.skipIf(skip !== undefined)(`repository files${skip === undefined ? '' : ` (${skip})`}`, () => {
    it('lists sorted names, and nothing for what is not a directory', () => {
      const files = create({ 'b.txt': '', 'a/c.txt': '', 'A.txt': '' });
      expect(files.list('')).toEqual(['A.txt', 'a', 'b.txt']);
      expect(files.list('a')).toEqual(['c.txt']);
      expect(files.list('b.txt')).toEqual([]);
      expect(files.list('none')).toEqual([]);
    });

    it('tells files from directories by the exact name', () => {
      const files = create({ 'binder/apt.txt': 'tree', 'grüße.txt': '' });
      expect(files.kindOf('')).toBe('directory');
      expect(files.kindOf('binder')).toBe('directory');
      expect(files.kindOf('binder/apt.txt')).toBe('file');
      expect(files.kindOf('binder/../grüße.txt')).toBe('file');
      expect(files.kindOf('Binder')).toBeUndefined();
      expect(files.kindOf('binder/apt.txt/x')).toBeUndefined();
      expect(files.kindOf('binder/apt.txt\0')).toBeUndefined();
    });

    it('never leaves the repository', () => {
      const files = create({ 'a/b.txt': '' });
      expect(files.kindOf('..')).toBeUndefined();
      expect(files.kindOf('a/../../a')).toBeUndefined();
      expect(files.list('..')).toEqual([]);
      expect(() => files.read('../etc/passwd')).toThrow(expect.objectContaining({ code: 'DETECT_FILE_UNREADABLE' }));
    });

    it('resolves links that stay inside, through chains and directories', () => {
      const files = create({
        'config/env/requirements.txt': 'six',
        binder: { link: 'config/env' },
        'one.txt': { link: 'two.txt' },
        'two.txt': { link: './binder/requirements.txt' },
        'config/up.txt': { link: '../one.txt' },
      });
      expect(files.kindOf('binder')).toBe('directory');
      expect(files.list('binder')).toEqual(['requirements.txt']);
      expect(files.kindOf('one.txt')).toBe('file');
      expect(text(files.read('config/up.txt'))).toBe('six');
    });

    it.each([
      ['leads out', '../outside'],
      ['leads out and back in', '../repository/real.txt'],
      ['is absolute', '/etc/passwd'],
      ['goes in a circle', 'link'],
      ['dangles', 'nothing'],
      ['goes through a file', 'real.txt/x'],
    ])('does not follow a link that %s', (_case, link) => {
      const files = create({ 'real.txt': 'x', link: { link } });
      expect(files.list('')).toContain('link');
      expect(files.kindOf('link')).toBeUndefined();
      expect(() => files.read('link')).toThrow(expect.objectContaining({ code: 'DETECT_FILE_UNREADABLE' }));
    });

    it('does not follow a long chain of links', () => {
      const chain = Array.from({ length: 100 }, (_, n) => [`l${n}`, { link: `l${n + 1}` }] as const);
      const files = create({ ...Object.fromEntries(chain), l100: 'end' });
      expect(files.kindOf('l0')).toBeUndefined();
      expect(files.kindOf('l80')).toBe('file');
    });

    it('reads bytes as they are, up to 1 MiB', () => {
      const bytes = Uint8Array.from([0, 255, 13, 10]);
      const files = create({
        'raw.bin': bytes,
        full: new Uint8Array(1024 * 1024),
        over: new Uint8Array(1024 * 1024 + 1),
      });
      expect(new Uint8Array(files.read('raw.bin'))).toEqual(bytes);
      expect(files.read('full')).toHaveLength(1024 * 1024);
      expect(() => files.read('over')).toThrow(/over is larger than 1 MiB/);
    });

    it('refuses to read what is not a file', () => {
      const files = create({ 'a/b.txt': '' });
      expect(() => files.read('a')).toThrow(expect.objectContaining({ code: 'DETECT_FILE_UNREADABLE' }));
      expect(() => files.read('none')).toThrow(expect.objectContaining({ code: 'DETECT_FILE_UNREADABLE' }));
    });
  });
};
