import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalDirectory } from '../../../services/builder/fetch/local-directory.ts';
import { contentFetcherContract } from '../../conformance/content-fetcher.ts';
import type { GitFiles } from '../../support/git-files.ts';
import { runGenerator } from '../../support/run-generator.ts';
import { makeBuildRequest } from '../build-request.ts';

const REQUEST = makeBuildRequest({ url: 'http://localhost/x.git', commit: '0'.repeat(40) });

describe('local directory', () => {
  let home = '';
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'local-'));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  const write = async (files: GitFiles): Promise<string> => {
    const directory = await mkdtemp(join(home, 'case-'));
    for (const [path, file] of Object.entries(files)) {
      const target = join(directory, path);
      await mkdir(dirname(target), { recursive: true });
      if (typeof file === 'string' || file instanceof Uint8Array) await writeFile(target, file);
      else if ('link' in file) await symlink(file.link, target);
      else if ('text' in file) {
        await writeFile(target, file.text);
        await chmod(target, file.mode);
      }
    }
    return directory;
  };

  contentFetcherContract({
    create: async (files) => ({ fetcher: createLocalDirectory(await write(files)), request: REQUEST }),
    skip: { copies: 'a directory is read in place; the tar leaves .git out' },
  });

  it('writes nothing into the directory it is given', async () => {
    const directory = await write({ a: 'a' });
    const into = await mkdtemp(join(home, 'into-'));
    const { result } = await runGenerator(
      createLocalDirectory(directory).fetch(REQUEST, into, AbortSignal.timeout(5000)),
    );
    expect(result.directory).toBe(directory);
    expect(await readdir(into)).toEqual([]);
  });
});
