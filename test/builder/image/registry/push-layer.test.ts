import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { createContentTar } from '../../../../services/builder/image/content-tar.ts';
import { pushLayer } from '../../../../services/builder/image/registry/push-layer.ts';
import { createRegistryClient } from '../../../../services/builder/image/registry/registry-client.ts';
import { systemClock } from '../../../../services/platform/clock.ts';
import { startAnsweringServer, type Answer, type AskedRequest } from '../../../support/answering-server.ts';

const CONFIG = '{"config":{},"rootfs":{"diff_ids":["sha256:1"]}}';
const digest = `sha256:${createHash('sha256').update(CONFIG).digest('hex')}`;
const MANIFEST = JSON.stringify({
  config: { mediaType: 'config', size: CONFIG.length, digest },
  layers: [{ mediaType: 'layer', size: 1, digest: 'sha256:a' }],
});

const answerReads = ({ path }: AskedRequest): Answer | undefined => {
  if (path === '/v2/env/manifests/1') return { status: 200, body: MANIFEST };
  return path === `/v2/env/blobs/${digest}` ? { status: 200, body: CONFIG } : undefined;
};

const push = async (answer: (request: AskedRequest) => Answer | undefined) => {
  await using server = await startAnsweringServer((request) => answer(request) ?? { status: 500 });
  const credentials = { username: 'tester', password: 'open-sesame' };
  const client = createRegistryClient({
    origin: server.origin,
    credentials,
    clock: { ...systemClock, sleep: async () => undefined },
  });
  const image = { layer: createContentTar([{ kind: 'text', path: 'a', text: 'a' }], 0), labels: {}, env: {} };
  const remote = (repository: string) => ({ repository, tag: '1', name: `${repository}:1` });
  const parts = { client, from: remote('env'), to: remote('commit'), image, temporary: tmpdir() };
  const outcome = await pushLayer(parts, AbortSignal.timeout(10_000)).catch((error: unknown) => String(error));
  image.layer.destroy();
  return { outcome, asked: [...server.asked] };
};

describe('pushing a layer', () => {
  it('says so, and stores nothing, where the registry mounts nothing', async () => {
    const { outcome, asked } = await push(
      (request) => answerReads(request) ?? { status: 202, headers: { location: '/v2/commit/blobs/uploads/1' } },
    );
    expect(outcome).toBe(false);
    expect(asked.map(({ method }) => method)).toEqual(['GET', 'GET', 'POST']);
    expect(asked.at(-1)?.path).toBe('/v2/commit/blobs/uploads/?mount=sha256%3Aa&from=env');
  });

  it('refuses a blob that is not what its digest says', async () => {
    const { outcome } = await push((request) =>
      request.path.includes('/blobs/') ? { status: 200, body: 'something else' } : answerReads(request),
    );
    expect(outcome).toMatch(/what came is not what was asked for/);
  });

  it('shows its credentials to the registry only, not to where an upload is sent', async () => {
    await using storage = await startAnsweringServer(() => ({ status: 201 }));
    const { outcome, asked } = await push((request) => {
      const { method, path, headers } = request;
      if (headers.authorization === undefined)
        return { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } };
      if (method === 'HEAD') return { status: 404 };
      if (path.includes('?mount=') || method === 'PUT') return { status: 201 };
      return answerReads(request) ?? { status: 202, headers: { location: `${storage.origin}/upload?key=1` } };
    });
    expect(outcome).toBe(true);
    expect(storage.asked.map(({ method, headers }) => [method, headers.authorization])).toEqual([
      ['PUT', undefined],
      ['PUT', undefined],
    ]);
    expect(storage.asked[0]?.path).toMatch(/^\/upload\?key=1&digest=sha256%3A[\da-f]{64}$/);
    expect(asked.at(-1)).toMatchObject({ method: 'PUT', path: '/v2/commit/manifests/1' });
  });
});
