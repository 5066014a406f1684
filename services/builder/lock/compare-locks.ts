import type { Lock } from '../../contracts/lock.ts';

const KINDS = ['debian', 'python', 'conda', 'r'] as const;

const listPackages = (lock: Lock): ReadonlyMap<string, string> =>
  new Map(
    KINDS.flatMap((kind) =>
      (lock[kind] ?? []).map((one): readonly [string, string] => [
        `${kind} ${one.name}`,
        JSON.stringify(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1))),
      ]),
    ),
  );

/** The packages in which two locks differ, such as `python numpy`, sorted. */
export const compareLocks = (one: Lock, other: Lock): readonly string[] => {
  const [first, second] = [listPackages(one), listPackages(other)];
  const names = new Set([...first.keys(), ...second.keys()]);
  return [...names].filter((name) => first.get(name) !== second.get(name)).toSorted();
};
