import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContentTar } from '../../../services/builder/image/content-tar.ts';
import { createDockerImageStore, sweepLayerContainers } from '../../../services/builder/image/docker-image-store.ts';
import { connectDockerEngine } from '../../../services/platform/docker-engine.ts';
import { imageStoreContract } from '../../conformance/image-store.ts';
import { connectTestEngine, createImageScope, createTinyImage, runInImage } from '../../support/docker-engine.ts';

describe('docker image store', () => {
  const engine = connectTestEngine();
  const scope = createImageScope(engine, 'store');
  const from = `${scope.prefix}tiny:1`;
  const store = createDockerImageStore(engine);

  beforeAll(() => createTinyImage(from));
  afterAll(() => scope[Symbol.asyncDispose]());

  imageStoreContract(() => ({
    store,
    from,
    prefix: scope.prefix,
    tag: async (name, another) => {
      const [repo = '', tag = ''] = another.split(':');
      await engine.getImage(name).tag({ repo, tag });
    },
    unreachable: createDockerImageStore(connectDockerEngine('unix:///nonexistent/docker.sock')),
  }));

  it('says what sessions of an image would meet, without running it', async () => {
    expect(await store.readFacts(from, ['sh', 'jupyter-lab', 'cat'], AbortSignal.timeout(20_000))).toEqual({
      user: 'jovyan',
      entrypoint: ['env'],
      programs: ['sh', 'cat'],
    });
    await expect(store.readFacts(`${from}-absent`, [], AbortSignal.timeout(20_000))).rejects.toThrow('No such image');
  });

  const addNote = (tag: string, mtime: number) =>
    store.addLayer(
      {
        tag: scope.prefix + tag,
        from,
        layer: createContentTar(
          [
            { kind: 'tree', directory: import.meta.dirname, prefix: 'jovyan/' },
            { kind: 'text', path: 'jovyan/note.txt', text: 'hello' },
          ],
          mtime,
        ),
        root: '/home',
        labels: { 'slipway.kind': 'commit' },
        env: { R2D_ENTRYPOINT: '/home/jovyan/start' },
      },
      AbortSignal.timeout(60_000),
    );

  it('keeps what the image below is configured to do, and adds environment and labels', async () => {
    await addNote('config:1', 0);
    const below = await engine.getImage(from).inspect();
    const { Config } = await engine.getImage(`${scope.prefix}config:1`).inspect();
    expect([Config.Entrypoint, Config.Cmd, Config.User, Config.WorkingDir]).toEqual([
      below.Config.Entrypoint,
      below.Config.Cmd,
      'jovyan',
      '/home/jovyan',
    ]);
    expect(Config.Env).toEqual(expect.arrayContaining(['KEPT=yes', 'R2D_ENTRYPOINT=/home/jovyan/start']));
    expect(Config.Labels).toEqual({ 'slipway.kind': 'commit' });
  });

  it('puts the files where they belong, owned by the user', async () => {
    await addNote('files:1', 0);
    const { output } = await runInImage(`${scope.prefix}files:1`, ['stat', '-c', '%u:%g %a %Y %n', 'note.txt', '.']);
    expect(output.split('\n')).toEqual(['1000:0 664 0 note.txt', '1000:0 775 0 .']);
  });

  it('makes the same layer of the same content', async () => {
    await addNote('same:1', 7);
    await setTimeout(1100);
    await addNote('same:2', 7);
    const layers = await Promise.all(
      ['same:1', 'same:2'].map(async (tag) => (await engine.getImage(scope.prefix + tag).inspect()).RootFS.Layers),
    );
    expect(layers[0]).toEqual(layers[1]);
  });

  it('leaves no container, and sweeps one that a killed process left', async () => {
    await addNote('swept:1', 0);
    await engine.createContainer({ Image: from, Labels: { 'slipway.kind': 'layer' } });
    expect(await sweepLayerContainers(engine, { imagePrefix: scope.prefix, olderThanSeconds: 3600 })).toBe(0);
    expect(await sweepLayerContainers(engine, { imagePrefix: scope.prefix, olderThanSeconds: -60 })).toBe(1);
  });
});
