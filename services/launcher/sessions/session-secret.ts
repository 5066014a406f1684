import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export const SECRET_BYTES = 32;

/** The secret in a file; undefined when there is no file. */
export const readSecret = async (file: string): Promise<Buffer | undefined> => {
  try {
    const secret = await readFile(file);
    if (secret.length === SECRET_BYTES) return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  throw new Error(`${file} does not hold a secret of ${SECRET_BYTES} bytes; remove it to get a new one`);
};

/** A hard link appears with all its bytes or not at all, and never replaces the secret of another process. */
const createSecret = async (file: string): Promise<void> => {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(draft, randomBytes(SECRET_BYTES), { mode: 0o600, flag: 'wx' });
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
};

/** The 32 secret bytes of this installation, made at the first use and readable by its owner only. */
export const readOrCreateSecret = async (file: string): Promise<Buffer> => {
  const existing = await readSecret(file);
  if (existing !== undefined) return existing;
  await createSecret(file);
  const created = await readSecret(file);
  if (created === undefined) throw new Error(`${file} vanished while it was made`);
  return created;
};
