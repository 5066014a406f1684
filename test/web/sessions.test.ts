import { describe, expect, it } from 'vitest';
import { describeRemaining } from '../../web/src/sessions/describe-remaining.ts';
import { keepLaunch, readLaunches, writeLaunches } from '../../web/src/sessions/kept-launches.ts';

const createStorage = (text?: string) => {
  const values = new Map(text === undefined ? [] : [['slipway-launches', text]]);
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
  };
};

describe('the launches of a browser', () => {
  it('are remembered newest first, each once, and not for ever', () => {
    const storage = createStorage();
    for (let index = 0; index < 60; index += 1) keepLaunch(storage, { id: `id-${index % 55}`, title: `t${index}` });
    const launches = readLaunches(storage);
    expect(launches).toHaveLength(50);
    expect(launches[0]).toEqual({ id: 'id-4', title: 't59' });
    expect(new Set(launches.map(({ id }) => id)).size).toBe(50);
    writeLaunches(storage, launches.slice(1, 2));
    expect(readLaunches(storage)).toEqual([{ id: 'id-3', title: 't58' }]);
  });

  it.each(['', '{', 'null', '{"id":"a"}', '[{"id":1,"title":"a"},{"id":"b"},null,7]'])(
    'are none when what is stored is %s',
    (text) => {
      expect(readLaunches(createStorage(text))).toEqual([]);
    },
  );

  it('are not needed: a browser that stores nothing launches all the same', () => {
    const full = {
      getItem: () => null,
      setItem: () => {
        throw new Error('quota');
      },
    };
    expect(() => keepLaunch(full, { id: 'a', title: 'b' })).not.toThrow();
  });
});

describe('the time that a session has left', () => {
  it.each([
    [20 * 60, 3600, 'Ends in 20 min, unless it is used.', false],
    [90, 3600, 'Ends in 90 s, unless it is used.', true],
    [3 * 3600 + 120, 9 * 3600, 'Ends in 3 h 2 min, unless it is used.', false],
    [1200, 240, 'Ends in 4 min, it then has its maximum age.', true],
    [-5, 100, 'Ends in 0 s, unless it is used.', true],
  ])('is told when it is idle for %d and old in %d seconds', (...[idle, age, text, isSoon]) => {
    expect(describeRemaining({ idleEndsAt: idle * 1000, maxAgeEndsAt: age * 1000 }, 0)).toEqual({ text, isSoon });
  });
});
