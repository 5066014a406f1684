import { tmpdir } from 'node:os';
import type { ImageInspectInfo } from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContentTar, type TarPart } from '../../../services/builder/image/content-tar.ts';
import { createDockerImageStore } from '../../../services/builder/image/docker-image-store.ts';
import type { ImageRegistry } from '../../../services/builder/image/image-registry.ts';
import { createDockerImageRegistry } from '../../../services/builder/image/registry/docker-image-registry.ts';
import { systemClock } from '../../../services/platform/clock.ts';
import { ignoreNotFound } from '../../../services/platform/docker-engine.ts';
import { connectTestEngine, createImageScope, createTinyImage, runInImage } from '../../support/docker-engine.ts';
import {
  REGISTRY_USER,
  startDockerRegistry,
  type DockerRegistry,
  type DockerRegistryOptions,
} from '../../support/docker-registry.ts';
import { runGenerator } from '../../support/run-generator.ts';
import { startTokenServer } from '../../support/token-server.ts';

const engine = connectTestEngine();
const scope = createImageScope(engine, 'registry');
const image = `${scope.prefix}tiny:1`;
const signal = (): AbortSignal => AbortSignal.timeout(60_000);

const connect = (url: string, user: { username: string; password: string }): ImageRegistry =>
  createDockerImageRegistry({
    engine,
    registry: { url, ...user, timeoutSeconds: 60 },
    clock: systemClock,
    temporary: tmpdir(),
  });

const NOBODY = { username: '', password: '' };
const configOf = (made: ImageInspectInfo | undefined) => ({
  Entrypoint: made?.Config.Entrypoint,
  Cmd: made?.Config.Cmd,
  User: made?.Config.User,
  WorkingDir: made?.Config.WorkingDir,
});

const inspect = (name: string) => ignoreNotFound(engine.getImage(name).inspect());

beforeAll(() => createTinyImage(image));
afterAll(() => scope[Symbol.asyncDispose]());

const tokens = await startTokenServer();
afterAll(() => tokens[Symbol.asyncDispose]());

describe.each<[string, DockerRegistryOptions, typeof NOBODY]>([
  ['without authentication', {}, NOBODY],
  ['with a password', { hasPassword: true }, REGISTRY_USER],
  ['with tokens', { auth: tokens.auth }, REGISTRY_USER],
])('a registry %s', (_name, options, user) => {
  let server: DockerRegistry;
  let registry: ImageRegistry;
  beforeAll(async () => {
    server = await startDockerRegistry(options);
    registry = connect(`${server.url}/team`, user);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('does not have what nobody stored', async () => {
    await expect(registry.has(`${scope.prefix}absent:1`, signal())).resolves.toBe(false);
  });

  it('has an image that was pushed, and says how it went', async () => {
    const { items } = await runGenerator(registry.push(image, signal()));
    expect(items.at(-1)).toMatch(/^Pushed (\d+) of \1 layers\n$/);
    await expect(registry.has(image, signal())).resolves.toBe(true);
  });

  it('gives it back to an engine that lost it, the same for all who ask at the same time', async () => {
    const before = await inspect(image);
    await engine.getImage(image).remove();
    await expect(inspect(image)).resolves.toBeUndefined();
    await Promise.all([1, 2, 3].map(() => runGenerator(registry.pull(image, signal()))));
    expect((await inspect(image))?.Id).toBe(before?.Id);
    expect((await inspect(image))?.RepoTags).toEqual([image]);
  });

  describe('given a layer', () => {
    const layered = `${scope.prefix}layered:1`;
    const parts: TarPart[] = [{ kind: 'text', path: 'home/jovyan/note.txt', text: 'hello\n' }];
    const change = {
      tag: layered,
      from: image,
      labels: { 'slipway.kind': 'commit' },
      env: { KEPT: 'still', ADDED: 'a=b' },
    };
    const sendLayer = () =>
      runGenerator(registry.pushLayer({ ...change, layer: createContentTar(parts, 1_714_564_800) }, signal()));
    const uploads = () => server.requests().filter(({ request }) => /^PUT \S+\/blobs\/uploads\//.test(request));

    it('sends it, a configuration and a manifest, and nothing of the image below', async () => {
      const before = uploads().length;
      const { items } = await sendLayer();
      expect(items).toEqual(['Pushed the content; its environment was there\n']);
      expect(uploads().length - before).toBe(2);
      expect(uploads().every(({ status }) => status === 201)).toBe(true);
    });

    it('sends nothing again, because equal content has equal digests', async () => {
      const before = uploads().length;
      await sendLayer();
      expect(uploads()).toHaveLength(before);
    });

    it('stores an image that runs, configured as one that the engine makes', async () => {
      const store = createDockerImageStore(engine);
      const layer = createContentTar(parts, 1_714_564_800);
      await store.addLayer({ ...change, layer, root: '/' }, signal());
      const made = await inspect(layered);
      await engine.getImage(layered).remove();
      await runGenerator(registry.pull(layered, signal()));
      const pulled = await inspect(layered);
      const sorted = (list: readonly string[] = []) => list.toSorted((a, b) => a.localeCompare(b));
      expect(sorted(pulled?.Config.Env)).toEqual(sorted(made?.Config.Env));
      expect(pulled?.Config).toMatchObject({ ...configOf(made), Labels: change.labels });
      expect(await runInImage(layered, ['cat', 'note.txt'])).toEqual({ status: 0, output: 'hello' });
      expect((await runInImage(layered, ['env'])).output).toMatch(/^KEPT=still$/m);
      expect((await runInImage(layered, ['stat', '-c', '%u:%g %a', 'note.txt'])).output).toBe('1000:0 664');
    });
  });

  it('throws IMAGE_PULL_FAILED for what it does not have', async () => {
    const pull = runGenerator(registry.pull(`${scope.prefix}absent:1`, signal()));
    await expect(pull).rejects.toMatchObject({ code: 'IMAGE_PULL_FAILED', retry: true });
  });

  it('ends with the reason of the signal', async () => {
    const reason = new Error('nobody waits any more');
    await expect(runGenerator(registry.push(image, AbortSignal.abort(reason)))).rejects.toBe(reason);
    expect((await inspect(image))?.RepoTags).toEqual([image]);
  });
});

it('asks for tokens of both repositories where a layer is mounted from one to the other', () => {
  const repositories = new Set(tokens.scopes.map((scope) => scope.split(':').slice(1, 2).join('')));
  expect([...repositories]).toEqual(
    expect.arrayContaining(['tiny', 'layered'].map((name) => `team/${scope.prefix}${name}`)),
  );
});

describe('a registry that refuses', () => {
  it.each([
    [NOBODY, /set registry\.username and registry\.password/],
    [{ username: 'tester', password: 'wrong' }, /answered 401 \(it wants other credentials/],
  ])('the user %j is never taken for one without the image', async (user, message) => {
    await using server = await startDockerRegistry({ hasPassword: true });
    const registry = connect(server.url, user);
    const failure = { code: 'IMAGE_LOOKUP_FAILED', message: expect.stringMatching(message) };
    await expect(registry.has(image, signal())).rejects.toMatchObject(failure);
    await expect(runGenerator(registry.push(image, signal()))).rejects.toMatchObject({ code: 'IMAGE_PUSH_FAILED' });
  });

  it('to be changed throws IMAGE_PUSH_FAILED', async () => {
    await using server = await startDockerRegistry({ isReadOnly: true });
    const push = runGenerator(connect(server.url, NOBODY).push(image, signal()));
    await expect(push).rejects.toMatchObject({ code: 'IMAGE_PUSH_FAILED' });
  });

  it('to answer is not one without the image', async () => {
    const server = await startDockerRegistry();
    const registry = connect(server.url, NOBODY);
    await server[Symbol.asyncDispose]();
    const failure = { code: 'IMAGE_LOOKUP_FAILED', message: expect.stringMatching(/did not answer/) };
    await expect(registry.has(image, signal())).rejects.toMatchObject(failure);
  });
});
