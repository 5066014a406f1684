import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContentFetcher, FetchedContent } from '../../services/builder/fetch/content-fetcher.ts';
import type { BuildRequest } from '../../services/contracts/build.ts';
import { runGenerator } from '../support/run-generator.ts';
import type { GitFiles } from '../support/git-files.ts';
import { skipTitle } from '../support/skip-title.ts';

/** A fetcher whose source holds the given files, and the request that fetches them. */
export type FetchCase = { readonly fetcher: ContentFetcher; readonly request: BuildRequest };

export type ContentFetcherContract = {
  readonly create: (files: GitFiles) => Promise<FetchCase>;
  /** Promises that do not apply to an adapter, each with its reason. */
  readonly skip?: Partial<Record<'copies' | 'links' | 'outsideLinks', string>>;
};

const FILES: GitFiles = {
  'notebook.ipynb': '{}',
  'odd name\n$(id) "x".txt': 'odd',
  'run.sh': { text: '#!/bin/sh\n', mode: 0o755 },
  'sub/data.csv': 'a,b\n',
};

const LINKS: GitFiles = { inside: { link: 'sub/data.csv' } };
const OUTSIDE_LINKS: GitFiles = { outside: { link: '/etc/passwd' }, 'sub/escape': { link: '../../../..' } };

/** The promises of the ContentFetcher port, for every adapter. */
export const contentFetcherContract = ({ create, skip = {} }: ContentFetcherContract): void => {
  describe('as a ContentFetcher', () => {
    let into = '';
    beforeEach(async () => {
      into = await mkdtemp(join(tmpdir(), 'fetch-'));
    });
    afterEach(() => rm(into, { recursive: true, force: true }));

    const fetch = async (subdir?: string): Promise<FetchedContent> => {
      const links = skip.links === undefined ? LINKS : {};
      const files = { ...FILES, ...links, ...(skip.outsideLinks === undefined ? OUTSIDE_LINKS : {}) };
      const { fetcher, request } = await create(files);
      const asked = subdir === undefined ? request : { ...request, subdir };
      return (await runGenerator(fetcher.fetch(asked, into, AbortSignal.timeout(20_000)))).result;
    };

    it('brings the files with their names and bytes', async () => {
      const { directory, committedAt } = await fetch();
      expect(await readFile(join(directory, 'odd name\n$(id) "x".txt'), 'utf8')).toBe('odd');
      expect(committedAt).toBeGreaterThan(1_000_000_000);
    });

    it.skipIf(skip.links)(skipTitle('keeps symbolic links as links', skip.links), async () => {
      const { directory } = await fetch();
      expect(await readlink(join(directory, 'inside'))).toBe('sub/data.csv');
    });

    it.skipIf(skip.outsideLinks)(skipTitle('keeps links that lead outside', skip.outsideLinks), async () => {
      const { directory } = await fetch();
      expect(await readlink(join(directory, 'outside'))).toBe('/etc/passwd');
    });

    it('gives the sub-directory that the request names', async () => {
      const { directory } = await fetch('sub');
      expect(await readdir(directory)).toContain('data.csv');
    });

    it.each(['absent', 'notebook.ipynb', '..', 'sub/../..', 'sub/escape', 'outside'])(
      'refuses %j as a sub-directory',
      async (subdir) => {
        await expect(fetch(subdir)).rejects.toMatchObject({ code: 'FETCH_SUBDIR_MISSING' });
      },
    );

    it.skipIf(skip.copies)(skipTitle('leaves no .git', skip.copies), async () => {
      const { directory } = await fetch();
      expect(await readdir(directory)).not.toContain('.git');
    });
  });
};
