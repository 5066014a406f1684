import { describe, expect, it } from 'vitest';
import { renderImages, renderRemoved } from '../../services/cli/render-images.ts';

const HOUR = 3_600_000;

describe('the table of images', () => {
  it('has one aligned line an image, with a dash for what is not known', () => {
    const now = 100 * HOUR;
    const images = [
      {
        name: 'slipway/a:1',
        kind: 'commit',
        repository: 'https://example.org/a',
        commit: 'f'.repeat(40),
        bytes: 2 ** 30 * 1.5,
        createdAt: now - 49 * HOUR,
        containers: 2,
      },
      { name: 'slipway/env:2', kind: 'environment', bytes: 2 ** 20 * 7, createdAt: now + 1, containers: 0 },
    ];
    expect(renderImages({ images, launches: new Map([['slipway/a:1', now - 90_000]]), now }).split('\n')).toEqual([
      'KIND         SIZE     AGE  LAUNCHED  CONTAINERS  COMMIT        REPOSITORY             NAME',
      'commit       1.5 GiB  2 d  1 min     2           ffffffffffff  https://example.org/a  slipway/a:1',
      'environment  7 MiB    0 s  -         0           -             -                      slipway/env:2',
      '',
    ]);
  });
});

describe('what was removed', () => {
  it('has an image a line, then the build cache', () => {
    expect(renderRemoved({ images: ['slipway/a:1', 'slipway/env:2'], nameless: 0, cacheBytes: 3 * 2 ** 20 })).toBe(
      'removed slipway/a:1\nremoved slipway/env:2\nbuild cache: 3 MiB removed\n',
    );
    expect(renderRemoved({ images: [], nameless: 2, cacheBytes: 0 })).toBe(
      'images without a name: 2 removed\nbuild cache: 0 MiB removed\n',
    );
  });
});
