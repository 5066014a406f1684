import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureTestBase, TEST_IMAGE_PREFIX } from '../../support/base-image.ts';
import { connectTestEngine, createImageScope, readBridgeAddress, runInImage } from '../../support/docker-engine.ts';
import { runToEnd } from '../../support/slipway-server.ts';

const POST_BUILD = `#!/bin/sh
set -e
curl -sS http://through.invalid/page > page.txt
env | grep -i _proxy | LC_ALL=C sort > seen.txt
cat seen.txt
curl -sS http://direct.invalid/page || echo not through the proxy
`;

describe('a build behind a proxy', () => {
  const engine = connectTestEngine();
  const scope = createImageScope(engine, 'proxies');
  const image = `${scope.prefix}image:1`;
  const asked: Pick<IncomingMessage, 'url' | 'headers'>[] = [];
  const proxy = createServer(({ url, headers }, response) => {
    asked.push({ url, headers });
    response.end('by the proxy');
  });
  let directory = '';
  beforeAll(async () => {
    await ensureTestBase(engine);
    const address = await readBridgeAddress(engine);
    await new Promise<void>((resolve) => proxy.listen(0, address, resolve));
    directory = await mkdtemp(join(tmpdir(), 'proxies-'));
  });
  afterAll(async () => {
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
    await rm(directory, { recursive: true, force: true });
    await scope[Symbol.asyncDispose]();
  });

  it('uses that of the operator, spares what the operator excepts, and keeps neither in the image', async () => {
    const { address, port } = proxy.address() as AddressInfo;
    await writeFile(join(directory, 'postBuild'), `${POST_BUILD}# never seen before: ${Date.now()}\n`);
    asked.length = 0;
    const built = await runToEnd(['build', '--image-name', image, directory], {
      SLIPWAY_IMAGE_PREFIX: TEST_IMAGE_PREFIX,
      HTTP_PROXY: `http://clerk:open-sesame@${address}:${port}`,
      NO_PROXY: 'direct.invalid',
    });
    expect(built).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('not through the proxy') as string });
    expect(asked.map(({ url }) => url)).toEqual(['http://through.invalid/page']);
    expect(asked[0]?.headers['proxy-authorization']).toBe(`Basic ${btoa('clerk:open-sesame')}`);
    const { output } = await runInImage(image, [
      'sh',
      '-c',
      'cat page.txt; echo; cut -d= -f1 seen.txt; env | grep -ci _proxy',
    ]);
    expect(output.split('\n')).toEqual(['by the proxy', 'HTTP_PROXY', 'NO_PROXY', 'http_proxy', 'no_proxy', '0']);
    const history = (await engine.getImage(image).history()) as readonly { readonly CreatedBy: string }[];
    expect(history.filter(({ CreatedBy }) => CreatedBy.includes(String(port)))).toEqual([]);
    expect(built.stderr).toContain(`HTTP_PROXY=http://${address}:${port}`);
    expect(built.stderr).not.toContain('open-sesame');
  });
});
