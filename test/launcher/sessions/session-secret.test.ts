import { readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOrCreateSecret } from '../../../services/launcher/sessions/session-secret.ts';
import { createTemporaryDirectory } from '../../../services/platform/temporary-directory.ts';

describe('the secret of an installation', () => {
  it('is made once, for its owner only, also when several ask first', async () => {
    await using directory = await createTemporaryDirectory(tmpdir(), 'slipway-secret-');
    const file = join(directory.path, 'data', 'secret');
    const secrets = await Promise.all(Array.from({ length: 8 }, () => readOrCreateSecret(file)));
    expect(new Set(secrets.map((secret) => secret.toString('hex'))).size).toBe(1);
    expect(secrets[0]).toHaveLength(32);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(dirname(file))).toEqual(['secret']);
    expect(await readOrCreateSecret(file)).toEqual(secrets[0]);
  });

  it('is not replaced when it is damaged', async () => {
    await using directory = await createTemporaryDirectory(tmpdir(), 'slipway-secret-');
    const file = join(directory.path, 'secret');
    await writeFile(file, 'short');
    await expect(readOrCreateSecret(file)).rejects.toThrow(/does not hold a secret of 32 bytes/);
  });
});
