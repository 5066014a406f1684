import { createTally, fairOrder, type Contender, type Holder } from './fair-order.ts';

/** A launch that wants a session. */
export type Ticket = Contender & {
  /** Sessions of its repository at the same time. 0: any number. */
  readonly repositorySessions: number;
};

/** What keeps a launch waiting: no session is free, or its repository or its client has all that it may. */
export type Obstacle = 'total' | 'repository' | 'client';

export type Standing =
  | { readonly kind: 'admitted' }
  | {
      readonly kind: 'waiting';
      /** 1 is next, among those that wait for the same. */
      readonly position: number;
      readonly obstacle: Obstacle;
    };

export type AdmissionObservation = {
  /** 0: any number. */
  readonly limits: { readonly sessions: number; readonly sessionsPerClient: number };
  /** What runs and what was admitted and does not run yet, each once. */
  readonly held: readonly Holder[];
  readonly waiting: readonly Ticket[];
};

const isFull = (count: number, limit: number): boolean => limit > 0 && count >= limit;

const createPlaces = ({ limits, held }: AdmissionObservation) => {
  const repositories = createTally();
  const clients = createTally();
  let total = held.length;
  for (const { canonical, client } of held) {
    repositories.add(canonical);
    clients.add(client);
  }
  return {
    obstacle: ({ canonical, client, repositorySessions }: Ticket): Obstacle | undefined => {
      if (isFull(repositories.of(canonical), repositorySessions)) return 'repository';
      if (client !== undefined && isFull(clients.of(client), limits.sessionsPerClient)) return 'client';
      return isFull(total, limits.sessions) ? 'total' : undefined;
    },
    take: ({ canonical, client }: Ticket): void => {
      total += 1;
      repositories.add(canonical);
      clients.add(client);
    },
  };
};

const lineOf = (obstacle: Obstacle, { canonical, client }: Ticket): string => {
  const names = { total: '', repository: canonical, client: client ?? '' };
  return `${obstacle} ${names[obstacle]}`;
};

/**
 * Who is let in now and who waits where, by the id of the launch. Pure: the same observation always gives the same
 * standings. A launch that its own limits keep waiting does not hold up those behind it.
 */
export const decideAdmission = (observation: AdmissionObservation): Map<string, Standing> => {
  const places = createPlaces(observation);
  const lines = createTally();
  const standings = new Map<string, Standing>();
  for (const ticket of fairOrder(observation.waiting, observation.held)) {
    const obstacle = places.obstacle(ticket);
    if (obstacle === undefined) {
      places.take(ticket);
      standings.set(ticket.id, { kind: 'admitted' });
    } else {
      const line = lineOf(obstacle, ticket);
      lines.add(line);
      standings.set(ticket.id, { kind: 'waiting', position: lines.of(line), obstacle });
    }
  }
  return standings;
};
