import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toRepository } from '../../../../services/archives/archive-record.ts';
import { createArchiveFetcher } from '../../../../services/builder/fetch/archive/archive-fetcher.ts';
import { createTemporaryDirectory } from '../../../../services/platform/temporary-directory.ts';
import type { ArchiveServer } from '../../../support/archives/archive-server.ts';
import { DATASET, startCkan } from '../../../support/archives/ckan-server.ts';
import { PERSISTENT_ID, startDataverse } from '../../../support/archives/dataverse-server.ts';
import { FIGSHARE, startFigshare } from '../../../support/archives/figshare-server.ts';
import { findOn, requestTo } from '../../../support/archives/find-on.ts';
import { HYDROSHARE, startHydroshare } from '../../../support/archives/hydroshare-server.ts';
import { startZenodo, ZENODO } from '../../../support/archives/zenodo-server.ts';
import { runGenerator } from '../../../support/run-generator.ts';

const FILE = { name: 'README.md', data: 'hello' };

type Launched = { readonly text: string; readonly into: string; readonly changed?: { readonly commit?: string } };

/** Resolves what a text names, as a launch does, then fetches it with nothing but what the build is told. */
const launchAndFetch = async (server: ArchiveServer, { text, into, changed = {} }: Launched) => {
  const record = await findOn(server, text);
  if (record === undefined) throw new Error(`${text} is no record`);
  const repository = { ...toRepository(record), ...changed };
  const fetcher = createArchiveFetcher({
    archives: server.settings,
    request: requestTo(server),
    timeoutMs: 20_000,
    maxBytes: 2 ** 24,
  });
  const request = { imageName: 'test/x:1', repository: JSON.parse(JSON.stringify(repository)) as typeof repository };
  return runGenerator(fetcher.fetch(request, into, AbortSignal.timeout(20_000)));
};

describe('a record that a launch names', () => {
  it.each<[string, () => Promise<ArchiveServer>, (origin: string) => string]>([
    ['Zenodo', () => startZenodo([FILE]), () => ZENODO.conceptDoi],
    ['Figshare', () => startFigshare([FILE]), () => FIGSHARE.doi],
    ['Hydroshare', () => startHydroshare([FILE]), () => HYDROSHARE.doi],
    ['Dataverse', () => startDataverse([{ label: FILE.name, text: FILE.data }]), () => PERSISTENT_ID],
    [
      'CKAN',
      () => startCkan([{ path: `/${FILE.name}`, data: FILE.data }]),
      (origin) => `${origin}/data/dataset/${DATASET}`,
    ],
  ])('is fetched from %s by the page of its version', async (_name, start, address) => {
    await using server = await start();
    await using into = await createTemporaryDirectory(tmpdir(), 'record-');
    const { result } = await launchAndFetch(server, { text: address(server.origin), into: into.path });
    expect(await readFile(join(result.directory, FILE.name), 'utf8')).toBe(FILE.data);
  });

  it('is refused when it is not what was looked up any more', async () => {
    await using server = await startHydroshare([FILE]);
    await using into = await createTemporaryDirectory(tmpdir(), 'record-');
    const fetching = launchAndFetch(server, {
      text: HYDROSHARE.doi,
      into: into.path,
      changed: { commit: 'a'.repeat(40) },
    });
    await expect(fetching).rejects.toMatchObject({ code: 'FETCH_COMMIT_MISSING' });
  });
});
