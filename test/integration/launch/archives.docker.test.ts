import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startZenodo, ZENODO } from '../../support/archives/zenodo-server.ts';
import type { ArchiveServer } from '../../support/archives/archive-server.ts';
import { connectKernel } from '../../support/jupyter-client.ts';
import { launch } from '../../support/launch-stream.ts';
import { removeSlipway, startSlipway, type SlipwayServer } from '../../support/slipway-server.ts';

let zenodo: ArchiveServer;
let server: SlipwayServer;

beforeAll(async () => {
  zenodo = await startZenodo([{ name: 'data.txt', data: 'from the record' }]);
  server = await startSlipway({
    allowHosts: [zenodo.host],
    env: { SLIPWAY_ARCHIVES_DOI_URL: zenodo.origin, SLIPWAY_ARCHIVES_ZENODO_URLS: zenodo.origin },
  });
});

afterAll(async () => {
  await removeSlipway(server);
  await zenodo[Symbol.asyncDispose]();
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

  it('says what is wrong with a DOI that nobody has', async () => {
    const { failed } = await launch(server.url, 'zenodo/10.5281/zenodo.99');
    expect(failed).toMatchObject({ code: 'REPO_NOT_FOUND', hint: expect.any(String) as string });
  });
});
