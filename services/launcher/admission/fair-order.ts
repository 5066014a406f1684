/** Something that wants a turn, for a repository and perhaps a known client. */
export type Contender = {
  readonly id: string;
  readonly canonical: string;
  readonly client?: string | undefined;
  readonly createdAt: number;
};

export type Holder = Pick<Contender, 'canonical' | 'client'>;

/** Counts by key; what was never counted is 0. */
export const createTally = () => {
  const counts = new Map<string, number>();
  return {
    of: (key: string | undefined): number => (key === undefined ? 0 : (counts.get(key) ?? 0)),
    add: (key: string | undefined): void => {
      if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
    },
  };
};

const byAge = (left: Contender, right: Contender): number =>
  left.createdAt - right.createdAt || (left.id < right.id ? -1 : 1);

/**
 * The order in which contenders get their turn: whoever's repository and client have least already, counting those
 * ahead in their own line, then who came first. So lines take turns, nobody who keeps asking can starve others, and
 * the order is the same however often and wherever it is computed.
 */
export const fairOrder = <One extends Contender>(contenders: readonly One[], holders: readonly Holder[]): One[] => {
  const repositories = createTally();
  const clients = createTally();
  const count = ({ canonical, client }: Holder): void => {
    repositories.add(canonical);
    clients.add(client);
  };
  holders.forEach(count);
  const ranked = contenders.toSorted(byAge).map((one, age) => {
    const rank = Math.max(repositories.of(one.canonical), clients.of(one.client));
    count(one);
    return { one, rank, age };
  });
  return ranked.toSorted((left, right) => left.rank - right.rank || left.age - right.age).map(({ one }) => one);
};
