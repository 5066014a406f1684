import { link, mkdir, open, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ArchiveStep } from './archive-tree.ts';

/** The bytes of an entry, opened only for a file. */
export type EntryContent = {
  readonly isExecutable: boolean;
  readonly open: () => AsyncIterable<Buffer> | Promise<AsyncIterable<Buffer>>;
};

/**
 * Makes on disk what a step says, below `into`. Modes are 0644 or 0755, whatever the archive says; a file that is
 * there already is never opened.
 */
export const storeStep = async (step: ArchiveStep, into: string, content: EntryContent): Promise<void> => {
  const path = join(into, step.path);
  await mkdir(step.kind === 'directory' ? path : dirname(path), { recursive: true });
  switch (step.kind) {
    case 'directory':
      return;
    case 'file': {
      await using file = await open(path, 'wx', content.isExecutable ? 0o755 : 0o644);
      return await file.writeFile(await content.open());
    }
    case 'link':
      return symlink(step.target, path);
    case 'hard-link':
      return link(join(into, step.target), path);
  }
};
