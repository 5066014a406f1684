import { existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTemporaryDirectory } from '../../services/platform/temporary-directory.ts';

describe('createTemporaryDirectory', () => {
  it('is gone after its scope, also when the scope throws', async () => {
    let path = '';
    const scope = async (): Promise<void> => {
      await using directory = await createTemporaryDirectory(tmpdir(), 'slipway-scope-');
      path = directory.path;
      writeFileSync(join(path, 'file'), 'text');
      throw new Error('left');
    };
    await expect(scope()).rejects.toThrow('left');
    expect(path).not.toBe('');
    expect(existsSync(path)).toBe(false);
  });
});
