import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureTestBase, TEST_IMAGE_PREFIX } from '../../support/base-image.ts';
import { connectTestEngine, createImageScope, runInImage, type ImageScope } from '../../support/docker-engine.ts';
import { REGISTRY_USER, startDockerRegistry, type DockerRegistry } from '../../support/docker-registry.ts';
import { runToEnd } from '../../support/slipway-server.ts';

describe('slipway build --push', () => {
  const engine = connectTestEngine();
  let scope: ImageScope;
  let directory = '';
  let image = '';
  let registry: DockerRegistry;
  beforeAll(async () => {
    registry = await startDockerRegistry();
    await ensureTestBase(engine);
    scope = createImageScope(engine, 'push');
    image = `${scope.prefix}image:1`;
    directory = await mkdtemp(join(tmpdir(), 'push-'));
    await writeFile(join(directory, 'hello.txt'), 'hello');
  });
  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
    await scope[Symbol.asyncDispose]();
  });

  const build = (url: string, flags: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    runToEnd(['build', '--image-name', image, ...flags, directory], {
      SLIPWAY_IMAGE_PREFIX: TEST_IMAGE_PREFIX,
      SLIPWAY_REGISTRY_URL: url,
      ...env,
    });
  const hasManifest = (where: DockerRegistry, path: string): boolean =>
    where.requests().some(({ request, status }) => request === `PUT /v2/${path}` && status === 201);
  const manifest = (): string => `team/${image.replace(':', '/manifests/')}`;

  it('stores the image under the path of the registry, says how it goes, and anybody can run it', async () => {
    const built = await build(`${registry.url}/team`, ['--push']);
    expect(built).toMatchObject({ exitCode: 0, stdout: `${image}\n` });
    const address = `${registry.host}/team/${image}`;
    expect(built.stderr).toContain(`Storing ${image} in the registry as ${address}`);
    expect(built.stderr).toMatch(/Pushed /);
    expect(hasManifest(registry, manifest())).toBe(true);
    await engine.getImage(image).remove({ force: true });
    const inspected = await runToEnd(['inspect', '--plan', image], { SLIPWAY_REGISTRY_URL: `${registry.url}/team` });
    expect(inspected.stderr).toContain(`Fetching ${image} from the registry`);
    expect(JSON.parse(inspected.stdout)).toMatchObject({ kind: 'environment', python: '3.13' });
    await engine.getImage(image).remove({ force: true });
    await engine
      .createImage({ fromImage: address.slice(0, -2), tag: '1' })
      .then((answer) => new Promise((resolve) => engine.modem.followProgress(answer, resolve)));
    expect(await runInImage(address, ['cat', 'hello.txt'])).toEqual({ status: 0, output: 'hello' });
    await engine.getImage(address).remove({ force: true });
  });

  it('pushes nothing without the option, and takes the whole name with the registry in it', async () => {
    const puts = () => registry.requests().filter(({ request }) => /^P(?:UT|OST|ATCH) /.test(request)).length;
    const before = puts();
    expect((await build(registry.url, [])).exitCode).toBe(0);
    expect(puts()).toBe(before);
    const name = `${registry.host}/mine/x:2`;
    const built = await build(`${registry.url}/team`, ['--push', '--image-name', name]);
    await engine.getImage(name).remove({ force: true });
    expect(built).toMatchObject({ exitCode: 0, stdout: `${name}\n` });
    expect(hasManifest(registry, 'mine/x/manifests/2')).toBe(true);
  });

  it('stores an image with an appendix and one of a Dockerfile too', async () => {
    expect((await build(registry.url, ['--push', '--appendix', 'RUN touch ~/appended'])).exitCode).toBe(0);
    await writeFile(join(directory, 'Dockerfile'), `FROM ${image}\nRUN touch mine\n`);
    const built = await build(registry.url, ['--push', '--image-name', `${image}-file`]);
    await rm(join(directory, 'Dockerfile'));
    expect(built.exitCode).toBe(0);
    expect(hasManifest(registry, image.replace(':', '/manifests/'))).toBe(true);
    expect(hasManifest(registry, `${image}-file`.replace(':', '/manifests/'))).toBe(true);
  });

  it('gives a registry its user, and ends with 4 where it refuses', async () => {
    await using closed = await startDockerRegistry({ hasPassword: true });
    const { username, password } = REGISTRY_USER;
    const env = { SLIPWAY_REGISTRY_USERNAME: username, SLIPWAY_REGISTRY_PASSWORD: password };
    expect((await build(`${closed.url}/team`, ['--push'], env)).exitCode).toBe(0);
    expect(hasManifest(closed, manifest())).toBe(true);
    const refused = await build(closed.url, ['--push'], { ...env, SLIPWAY_REGISTRY_PASSWORD: 'wrong-password' });
    expect(refused).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('IMAGE_PUSH_FAILED') as string });
    expect(refused.stderr).toContain('The image is in the container engine.');
    expect(refused.stderr).not.toContain('wrong-password');
  });

  it('ends with 4 when the registry is away or takes nothing, and with 2 when none is named', async () => {
    const away = await build('http://127.0.0.1:9', ['--push']);
    expect(away).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('IMAGE_PUSH_FAILED') as string });
    await using closed = await startDockerRegistry({ isReadOnly: true });
    expect((await build(closed.url, ['--push'])).exitCode).toBe(4);
    const none = await build('', ['--push']);
    expect(none).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('registry.url') as string });
    const other = await build(registry.url, ['--push', '--image-name', 'registry.example.org/x:1']);
    expect(other).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('registry.example.org') as string });
  });
});
