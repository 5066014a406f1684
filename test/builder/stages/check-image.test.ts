import { describe, expect, it } from 'vitest';
import type { BuilderParts } from '../../../services/builder/builder-parts.ts';
import type { ImageFacts } from '../../../services/builder/image/image-store.ts';
import { checkImage } from '../../../services/builder/stages/check-image.ts';
import { createMemoryImageStore } from '../../support/memory-image-store.ts';
import { runGenerator } from '../../support/run-generator.ts';
import { makeBuildRequest } from '../build-request.ts';

const GOOD: ImageFacts = { user: '1000:1000', entrypoint: [], programs: ['jupyter-lab'] };

const linesFor = async (facts: Partial<ImageFacts>): Promise<readonly string[]> => {
  const images = { ...createMemoryImageStore(), readFacts: async () => ({ ...GOOD, ...facts }) };
  const parts = { images, clock: { now: () => 1, sleep: async () => undefined } } as unknown as BuilderParts;
  const request = makeBuildRequest({ url: 'https://example.org/a.git', commit: '0'.repeat(40) });
  const { signal } = new AbortController();
  const { items } = await runGenerator(checkImage({ request, parts, signal, stop: signal, hide: (text) => text }));
  return items.map(({ message }) => message);
};

describe('the image of a Dockerfile', () => {
  it.each<Partial<ImageFacts>>([{}, { user: 'jovyan' }, { entrypoint: ['/usr/local/bin/slipway-entrypoint'] }])(
    'is fine with %j',
    async (facts) => {
      expect(await linesFor(facts)).toEqual([]);
    },
  );

  it.each<readonly [Partial<ImageFacts>, RegExp]>([
    [{ user: '' }, /runs as root, sessions as user id 1000/],
    [{ user: 'root' }, /runs as root/],
    [{ user: '1001' }, /runs as the user 1001/],
    [{ entrypoint: ['/bin/serve', '-x'] }, /ENTRYPOINT \(\/bin\/serve -x\) gets the command/],
    [{ programs: [] }, /neither jupyter-lab nor jupyter-notebook is on its PATH/],
  ])('is explained with %j', async (facts, line) => {
    expect(await linesFor(facts)).toEqual([expect.stringMatching(line)]);
  });
});
