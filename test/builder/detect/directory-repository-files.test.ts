import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createDirectoryRepositoryFiles } from '../../../services/builder/detect/directory-repository-files.ts';
import { repositoryFilesContract } from '../../conformance/repository-files.ts';
import type { RepositoryTable } from '../../support/memory-repository-files.ts';

const parent = mkdtempSync(join(tmpdir(), 'slipway-files-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const writeRepository = (table: RepositoryTable): string => {
  const root = join(mkdtempSync(join(parent, 'case-')), 'repository');
  mkdirSync(root);
  for (const [path, content] of Object.entries(table)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    if (typeof content === 'string' || content instanceof Uint8Array) writeFileSync(join(root, path), content);
    else symlinkSync(content.link, join(root, path));
  }
  return root;
};

repositoryFilesContract({ create: (table) => createDirectoryRepositoryFiles(writeRepository(table)) });

it('does not open what is neither a file nor a directory', async () => {
  const root = writeRepository({});
  const server = createServer().listen(join(root, 'postBuild'));
  await once(server, 'listening');
  const files = createDirectoryRepositoryFiles(root);
  expect(files.list('')).toEqual(['postBuild']);
  expect(files.kindOf('postBuild')).toBeUndefined();
  expect(() => files.read('postBuild')).toThrow(/is not a file inside of the repository/);
  server.close();
});
