import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  checkFreeSpace,
  isDataDirectoryInUse,
  lockDataDirectory,
  prepareDataDirectory,
} from '../../services/cli/data-directory.ts';

const directory = mkdtempSync(join(tmpdir(), 'slipway-data-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('the data directory', () => {
  it('is for one server at a time', () => {
    const lock = lockDataDirectory(directory);
    expect(() => lockDataDirectory(directory)).toThrow(expect.objectContaining({ code: 'CONFIG_DATA_IN_USE' }));
    expect(isDataDirectoryInUse(directory)).toBe(true);
    lock[Symbol.dispose]();
    expect(isDataDirectoryInUse(directory)).toBe(false);
    lockDataDirectory(directory)[Symbol.dispose]();
  });

  it('must be a directory', () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    expect(() => prepareDataDirectory(join(file, 'data'))).toThrow(
      expect.objectContaining({ code: 'CONFIG_DATA_UNWRITABLE' }),
    );
  });

  it('must have space', () => {
    expect(() => checkFreeSpace(directory, Number.MAX_SAFE_INTEGER)).toThrow(
      expect.objectContaining({ code: 'CONFIG_DISK_FULL' }),
    );
    expect(() => checkFreeSpace(directory, 1)).not.toThrow();
  });
});
