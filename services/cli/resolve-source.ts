import { SlipwayError } from '../contracts/slipway-error.ts';
import { resolveArchive } from './sources/archive.ts';
import { resolveDirectory } from './sources/directory.ts';
import { resolveGit } from './sources/git.ts';
import { resolveSwhid } from './sources/software-heritage.ts';
import type { Resolution, ResolvedSource, Source } from './sources/source.ts';

/** The first that knows a text has it; Git comes last, because any address may be that of a repository. */
const SOURCES: readonly Source[] = [resolveDirectory, resolveSwhid, resolveArchive, resolveGit];

/** Finds out what a command was told to build. Throws REPO_ and FETCH_ errors. */
export const resolveSource = async (text: string, resolution: Resolution): Promise<ResolvedSource> => {
  for (const source of SOURCES) {
    const found = await source(text, resolution);
    if (found !== undefined) return found;
  }
  throw new SlipwayError('REPO_SPEC_INVALID', {
    message: `${text} is neither a directory nor an address.`,
    hint: 'Name a directory, the address of a repository that starts with https://, a DOI, or a SWHID: swh:1:dir:… or swh:1:rev:….',
  });
};
