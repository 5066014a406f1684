import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { createContentTar } from '../../services/builder/image/content-tar.ts';
import type { ImageStore, LayeredImage } from '../../services/builder/image/image-store.ts';

export type ImageStoreCase = {
  readonly store: ImageStore;
  /** The name of an image that is there. */
  readonly from: string;
  /** Names of new images begin with this. */
  readonly prefix: string;
  /** Gives an image one more name. */
  readonly tag: (name: string, another: string) => Promise<void>;
  /** A store whose images cannot be reached. */
  readonly unreachable: ImageStore;
};

const signal = (): AbortSignal => AbortSignal.timeout(20_000);

/** The promises of the ImageStore port, for every adapter and the fake. */
export const imageStoreContract = (create: () => ImageStoreCase): void => {
  describe('as an ImageStore', () => {
    const made: string[] = [];
    afterEach(async () => {
      for (const name of made.splice(0)) await create().store.remove(name);
    });

    const makeLayered = (tag: string, text = 'hello', layer?: Readable): LayeredImage => {
      const { from, prefix } = create();
      made.push(prefix + tag);
      return {
        tag: prefix + tag,
        from,
        layer: layer ?? createContentTar([{ kind: 'text', path: 'note.txt', text }], 1_714_564_800),
        root: '/home/jovyan',
        labels: { 'slipway.kind': 'commit', 'slipway.commit': 'abc' },
        env: { R2D_ENTRYPOINT: '/home/jovyan/start' },
      };
    };

    it('gives undefined for an image that is not there', async () => {
      const { store, prefix } = create();
      expect(await store.find(`${prefix}absent:1`)).toBeUndefined();
    });

    it('finds an image that a layer made, by digest and labels', async () => {
      const { store, prefix } = create();
      const made = await store.addLayer(makeLayered('found:1'), signal());
      expect(made.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(await store.find(`${prefix}found:1`)).toMatchObject({
        digest: made.digest,
        labels: { 'slipway.kind': 'commit', 'slipway.commit': 'abc' },
      });
    });

    it('reads a file of an image, and gives undefined where there is none', async () => {
      const { store, prefix } = create();
      await store.addLayer(makeLayered('read:1', 'hello'), signal());
      const read = async (name: string, path: string) => (await store.readFile(`${prefix}${name}`, path))?.toString();
      expect(await read('read:1', '/home/jovyan/note.txt')).toBe('hello');
      expect(await read('read:1', '/home/jovyan/absent.txt')).toBeUndefined();
      expect(await read('absent:1', '/home/jovyan/note.txt')).toBeUndefined();
    });

    it('lists the images that have all of some labels, by name', async () => {
      const { store, prefix, unreachable } = create();
      const commit = `of ${prefix}`;
      const labels = (family: string) => ({ 'slipway.commit': commit, 'slipway.family': family });
      await store.addLayer({ ...makeLayered('listed:1'), labels: labels('one') }, signal());
      await store.addLayer({ ...makeLayered('listed:2', 'two'), labels: labels('two') }, signal());
      const list = async (wanted: Readonly<Record<string, string>>) =>
        (await store.list(wanted)).map(({ name }) => name).toSorted();
      expect(await list({ 'slipway.commit': commit })).toEqual([`${prefix}listed:1`, `${prefix}listed:2`]);
      expect(await store.list(labels('two'))).toEqual([
        { name: `${prefix}listed:2`, labels: expect.objectContaining(labels('two')) },
      ]);
      expect(await list(labels('three'))).toEqual([]);
      await expect(unreachable.list({})).rejects.toMatchObject({ code: 'IMAGE_LOOKUP_FAILED' });
    });

    it('lists an image by all of its names', async () => {
      const { store, prefix, tag } = create();
      const labels = { 'slipway.commit': `named twice of ${prefix}` };
      await store.addLayer({ ...makeLayered('names:1'), labels }, signal());
      made.push(`${prefix}again:1`);
      await tag(`${prefix}names:1`, `${prefix}again:1`);
      const listed = await store.list(labels);
      expect(listed.map(({ name }) => name).toSorted()).toEqual([`${prefix}again:1`, `${prefix}names:1`]);
      expect(listed.map((image) => image.labels)).toEqual([
        expect.objectContaining(labels),
        expect.objectContaining(labels),
      ]);
    });

    it('throws IMAGE_LOOKUP_FAILED, and does not say absent, when the look-up fails', async () => {
      const { unreachable, prefix } = create();
      await expect(unreachable.find(`${prefix}any:1`)).rejects.toMatchObject({ code: 'IMAGE_LOOKUP_FAILED' });
    });

    it('throws BUILD_ENGINE_UNAVAILABLE when a layer cannot be added', async () => {
      await expect(create().unreachable.addLayer(makeLayered('away:1'), signal())).rejects.toMatchObject({
        code: 'BUILD_ENGINE_UNAVAILABLE',
        retry: true,
      });
    });

    it('leaves no image under the name when the layer breaks off', async () => {
      const { store, prefix } = create();
      const broken = Readable.from(
        (async function* () {
          yield (await buffer(createContentTar([{ kind: 'text', path: 'a', text: 'a' }], 0))).subarray(0, 512);
          throw new Error('the disk was pulled out');
        })(),
        { objectMode: false },
      );
      await expect(store.addLayer(makeLayered('broken:1', '', broken), signal())).rejects.toThrow(/./);
      expect(await store.find(`${prefix}broken:1`)).toBeUndefined();
    });

    it('leaves no image under the name when it is aborted, and says why', async () => {
      const { store, prefix } = create();
      const reason = new Error('nobody waits any more');
      const stop = new AbortController();
      const endless = Readable.from(
        (async function* () {
          yield (await buffer(createContentTar([{ kind: 'text', path: 'a', text: 'a' }], 0))).subarray(0, 1024);
          setTimeout(() => stop.abort(reason), 50);
          await once(stop.signal, 'abort');
          yield Buffer.alloc(0);
        })(),
        { objectMode: false },
      );
      await expect(store.addLayer(makeLayered('aborted:1', '', endless), stop.signal)).rejects.toBe(reason);
      expect(await store.find(`${prefix}aborted:1`)).toBeUndefined();
    });

    it('removes an image, and an absent one without complaint', async () => {
      const { store, prefix } = create();
      await store.addLayer(makeLayered('gone:1'), signal());
      await store.remove(`${prefix}gone:1`);
      await store.remove(`${prefix}gone:1`);
      expect(await store.find(`${prefix}gone:1`)).toBeUndefined();
    });
  });
};
