import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../../services/platform/temporary-directory.ts';
import { startZenodo, ZENODO } from '../../support/archives/zenodo-server.ts';
import type { ArchiveServer } from '../../support/archives/archive-server.ts';
import { connectKernel } from '../../support/jupyter-client.ts';
import { launch } from '../../support/launch-stream.ts';
import { removeSlipway, startSlipway, type SlipwayServer } from '../../support/slipway-server.ts';

let zenodo: ArchiveServer;
let server: SlipwayServer;
let launches: TemporaryDirectory;

beforeAll(async () => {
  zenodo = await startZenodo([{ name: 'data.txt', data: 'from the record' }]);
  launches = await createTemporaryDirectory(tmpdir(), 'launches-');
  server = await startSlipway({
    allowHosts: [zenodo.host],
    env: {
      SLIPWAY_ARCHIVES_DOI_URL: zenodo.origin,
      SLIPWAY_ARCHIVES_ZENODO_URLS: zenodo.origin,
      SLIPWAY_LAUNCH_ARCHIVE_DIRECTORY: launches.path,
      SLIPWAY_BUILD_TOKEN_ENABLED: 'true',
    },
  });
});

afterAll(async () => {
  await removeSlipway(server);
  await zenodo[Symbol.asyncDispose]();
  await launches[Symbol.asyncDispose]();
});

describe('a launch of a DOI over /build', () => {
  it('ends in a session that has the files of the record', async () => {
    const { ready, failed } = await launch(server.url, `zenodo/${ZENODO.conceptDoi}`);
    expect(failed).toBeUndefined();
    expect(ready).toMatchObject({
      repo_url: `${zenodo.origin}/records/${ZENODO.record}`,
      binder_persistent_request: `v2/zenodo/${ZENODO.doi}`,
    });
    const kernel = await connectKernel(ready?.url ?? '', ready?.token ?? '');
    await expect(kernel.execute("print(open('data.txt').read())")).resolves.toBe('from the record\n');
    kernel.close();
  });

  it('is a line of the archive of launches', async () => {
    const [file] = (await readdir(launches.path)).filter((name) => name.startsWith('events-'));
    const line = JSON.parse(await readFile(join(launches.path, file ?? ''), 'utf8')) as Record<string, unknown>;
    expect(line).toMatchObject({
      version: 6,
      provider: 'Zenodo',
      spec: ZENODO.conceptDoi,
      ref: ZENODO.record,
      origin: new URL(server.url).host,
    });
  });

  it('has a page that carries a token for it', async () => {
    const page = await (await fetch(`${server.url}/v2/zenodo/${ZENODO.doi}`)).text();
    const [, token] = /<meta name="build-token" content="([^"]+)"/.exec(page) ?? [];
    const response = await fetch(`${server.url}/build/zenodo/${ZENODO.doi}?build_token=${token}&build_only=true`, {
      headers: { accept: 'text/event-stream' },
    });
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      if (/"phase":"(ready|failed)"/.test(text)) break;
    }
    expect(text).toMatch(/"phase":"ready".*"imageName":"/);
  });

  it('says what is wrong with a DOI that nobody has', async () => {
    const { failed } = await launch(server.url, 'zenodo/10.5281/zenodo.99');
    expect(failed).toMatchObject({ code: 'REPO_NOT_FOUND', hint: expect.any(String) as string });
  });
});
