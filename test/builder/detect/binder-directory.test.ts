import { describe, expect, it } from 'vitest';
import { findBinderDirectory } from '../../../services/builder/detect/binder-directory.ts';
import { createMemoryRepositoryFiles, type RepositoryTable } from '../../support/memory-repository-files.ts';

const find = (table: RepositoryTable) => findBinderDirectory(createMemoryRepositoryFiles(table));

describe('findBinderDirectory', () => {
  it.each([
    ['binder', { 'binder/x': '' }],
    ['.binder', { '.binder/x': '' }],
    ['binder', { 'else/x': '', binder: { link: 'else' } }],
    ['', { 'Binder/x': '', 'sub/binder/x': '' }],
  ])('finds %j', (directory, table) => {
    expect(find(table)).toEqual({ directory, evidence: [] });
  });

  it('does not count a file, and says so', () => {
    expect(find({ binder: 'text', '.binder/x': '' })).toMatchObject({
      directory: '.binder',
      evidence: [{ file: 'binder', used: false, because: expect.stringContaining('it is a file') }],
    });
  });

  it('does not follow a link out of the repository, and says so', () => {
    expect(find({ binder: { link: '../..' } })).toMatchObject({
      directory: '',
      evidence: [{ file: 'binder', used: false, because: expect.stringContaining('symbolic link') }],
    });
  });

  it('refuses two directories', () => {
    expect(() => find({ 'binder/x': '', '.binder/x': '' })).toThrow(
      expect.objectContaining({ code: 'DETECT_BINDER_DIR_CONFLICT' }),
    );
  });
});
