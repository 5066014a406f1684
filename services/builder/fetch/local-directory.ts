import { lstat, readdir } from 'node:fs/promises';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { ContentFetcher } from './content-fetcher.ts';
import { findSubdirectory } from './find-subdirectory.ts';

/** The time of the newest file of the top, so that an unchanged directory gives an unchanged image. */
const newestChange = async (directory: string): Promise<number> => {
  const names = (await readdir(directory, 'buffer')).filter((name) => !name.equals(Buffer.from('.git')));
  const paths = names.map((name) => Buffer.concat([Buffer.from(`${directory}/`), name]));
  const times = await Promise.all(paths.map(async (path) => (await lstat(path)).mtimeMs));
  return Math.floor(Math.max(0, ...times) / 1000);
};

/** A directory of this machine as if it had been fetched: read in place, nothing is copied or written. */
export const createLocalDirectory = (directory: string): ContentFetcher => ({
  async *fetch(request) {
    yield `Reading ${directory}\n`;
    const found = await findSubdirectory(directory, request.subdir ?? '').catch((cause: unknown) => {
      throw new SlipwayError('FETCH_SUBDIR_MISSING', { message: `${directory} is not a directory.`, cause });
    });
    return { directory: found, committedAt: await newestChange(found) };
  },
});
