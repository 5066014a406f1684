import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../services/platform/sqlite.ts';

const directory = mkdtempSync(join(tmpdir(), 'slipway-sqlite-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('openDatabase', () => {
  it('applies each migration once, also those that were added later', () => {
    const file = join(directory, 'new', 'a.sqlite');
    const first = openDatabase(file, ['CREATE TABLE a (x)']);
    first.exec('INSERT INTO a VALUES (1)');
    first.close();
    const second = openDatabase(file, ['CREATE TABLE a (x)', 'ALTER TABLE a ADD COLUMN y DEFAULT 2']);
    expect(second.prepare('SELECT * FROM a').all()).toEqual([{ x: 1, y: 2 }]);
    second.close();
  });
});
