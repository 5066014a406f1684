import type { Condition } from './marker.ts';

/** A need for another package of a lock, and when it is needed. */
export type Edge = { readonly to: string; readonly condition: Condition };

/** More ways to a package than these, and it is installed without a question. */
const MAX_WAYS = 20;
/** Between the conditions of one way; no condition holds it. */
const AND = '\n';

const both = (one: string, other: string): string =>
  [...new Set([one, other].flatMap((text) => (text === '' ? [] : text.split(AND))))].toSorted().join(AND);

const joinWays = (ways: ReadonlySet<string>): Condition =>
  ways.has('') ? true : [...ways].map((way) => way.replaceAll(AND, ' and ')).join(' or ');

/**
 * Follows what packages need from the roots on. Gives each package that is reached with the condition under which it
 * is: one of the ways to it, of each way every condition. `edgesOf` gives the needs of one package.
 */
export const followLock = (
  roots: readonly string[],
  edgesOf: (id: string) => readonly Edge[],
): ReadonlyMap<string, Condition> => {
  const reached = new Map<string, Set<string>>();
  const waiting: { readonly id: string; readonly way: string }[] = [];
  const arrive = (id: string, wanted: string): void => {
    const ways = reached.get(id) ?? new Set<string>();
    const way = ways.size >= MAX_WAYS ? '' : wanted;
    if (ways.has('') || ways.has(way)) return;
    if (way === '') ways.clear();
    reached.set(id, ways.add(way));
    waiting.push({ id, way });
  };
  for (const id of roots) arrive(id, '');
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    for (const { to, condition } of edgesOf(next.id))
      if (condition !== false) arrive(to, condition === true ? next.way : both(next.way, condition));
  return new Map([...reached].map(([id, ways]) => [id, joinWays(ways)]));
};
