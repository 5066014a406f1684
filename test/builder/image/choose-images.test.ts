import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseImages } from '../../../services/builder/image/choose-images.ts';
import type { OwnImage } from '../../../services/builder/image/list-images.ts';

const HOUR = 3_600_000;
const NOW = 1000 * HOUR;

const make = (name: string, hoursOld: number, more: Partial<OwnImage> = {}): OwnImage => ({
  name,
  kind: 'commit',
  bytes: 1,
  createdAt: NOW - hoursOld * HOUR,
  containers: 0,
  ...more,
});

const choose = (images: readonly OwnImage[], launched: Readonly<Record<string, number>> = {}): string[] => {
  const launches = new Map(Object.entries(launched).map(([name, hoursAgo]) => [name, NOW - hoursAgo * HOUR]));
  return chooseImages({ images, launches, now: NOW });
};

describe('choosing images to remove', () => {
  it('begins with what was not used for longest: launched, or made and never launched', () => {
    const images = [make('a', 50), make('b', 40), make('c', 30)];
    expect(choose(images, { a: 2, c: 29 })).toEqual(['b', 'c', 'a']);
  });

  it('takes an environment after all of its commits', () => {
    const environment = make('env', 90, { kind: 'environment', environmentKey: 'k' });
    const commits = [make('new', 5, { environmentKey: 'k' }), make('old', 80, { environmentKey: 'k' })];
    expect(choose([environment, ...commits, make('other', 50)])).toEqual(['old', 'other', 'new', 'env']);
  });

  it('keeps the environment of a commit that is kept', () => {
    const environment = make('env', 90, { kind: 'environment', environmentKey: 'k' });
    const used = make('used', 80, { environmentKey: 'k', containers: 1 });
    expect(choose([environment, used, make('free', 70, { environmentKey: 'k' })])).toEqual(['free']);
  });

  it('never takes a base, what a container is of, or what was made or launched just now', () => {
    const images = [
      make('base', 900, { kind: 'base' }),
      make('used', 900, { containers: 1 }),
      make('made', 0.5),
      make('launched', 900),
    ];
    expect(choose(images, { launched: 0.9 })).toEqual([]);
  });

  it('never takes what is in use, nor what that is built on, and a commit before its environment', () => {
    const key = fc.constantFrom('k', 'l');
    const image = fc.record({ kind: fc.constantFrom('base', 'environment', 'commit'), environmentKey: key });
    const made = fc.record({ hours: fc.nat(100), containers: fc.constantFrom(0, 0, 1) });
    fc.assert(
      fc.property(fc.array(fc.tuple(image, made), { maxLength: 12 }), (list) => {
        const images = list.map(([one, { hours, containers }], at) => make(`i${at}`, hours, { ...one, containers }));
        const chosen = choose(images);
        const byName = new Map(images.map((one) => [one.name, one]));
        chosen.forEach((name, at) => {
          const one = byName.get(name);
          expect(one).toMatchObject({ containers: 0 });
          expect(one?.kind).not.toBe('base');
          if (one?.kind !== 'environment') return;
          const commits = images.filter(
            (other) => other.kind === 'commit' && other.environmentKey === one.environmentKey,
          );
          expect(chosen.slice(0, at)).toEqual(expect.arrayContaining(commits.map((commit) => commit.name)));
        });
      }),
    );
  });
});
