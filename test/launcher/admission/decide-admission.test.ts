import { describe, expect, it } from 'vitest';
import { decideAdmission, type Ticket } from '../../../services/launcher/admission/decide-admission.ts';
import { fairOrder, type Holder } from '../../../services/launcher/admission/fair-order.ts';

let clock = 0;
const ticket = (id: string, rest: Partial<Ticket> = {}): Ticket => ({
  id,
  canonical: `example.org/${id}`,
  createdAt: (clock += 1),
  repositorySessions: 0,
  ...rest,
});
const limits = { sessions: 0, sessionsPerClient: 0 };
const ids = (tickets: readonly Ticket[]): string => tickets.map(({ id }) => id).join(' ');
const hold = (count: number, holder: Holder): Holder[] => Array.from({ length: count }, () => holder);

describe('the order of turns', () => {
  it('is that of asking as long as everybody asks once', () => {
    expect(ids(fairOrder([ticket('a'), ticket('b'), ticket('c')], []))).toBe('a b c');
  });

  it('lets repositories take turns', () => {
    const course = ['a1', 'a2', 'a3'].map((id) => ticket(id, { canonical: 'example.org/a' }));
    const others = [ticket('b'), ticket('c')];
    expect(ids(fairOrder([...course, ...others], []))).toBe('a1 b c a2 a3');
  });

  it('lets clients take turns, whatever they ask for', () => {
    const greedy = ['a1', 'a2', 'a3'].map((id) => ticket(id, { client: 'greedy' }));
    expect(ids(fairOrder([...greedy, ticket('b', { client: 'other' })], []))).toBe('a1 b a2 a3');
  });

  it('counts what is held already', () => {
    const tickets = [ticket('a', { canonical: 'example.org/a' }), ticket('b')];
    expect(ids(fairOrder(tickets, hold(2, { canonical: 'example.org/a' })))).toBe('b a');
  });

  it('is the same whatever the order in which it is computed, so that a restart keeps it', () => {
    const tickets = ['a', 'a', 'b', 'c', 'b', 'a'].map((name, index) =>
      ticket(`${name}${index}`, { canonical: `example.org/${name}` }),
    );
    expect(ids(fairOrder(tickets.toReversed(), []))).toBe(ids(fairOrder(tickets, [])));
  });

  it('never starves those of a line that is served: who holds nothing any more goes by age', () => {
    const old = ticket('old', { canonical: 'example.org/a' });
    const newcomers = Array.from({ length: 20 }, (_, index) => ticket(`new${index}`));
    expect(fairOrder([old, ...newcomers], [])[0]).toBe(old);
    expect(fairOrder([...newcomers, old], hold(1, { canonical: 'example.org/a' })).at(-1)).toBe(old);
  });
});

describe('admission', () => {
  it('lets everybody in where nothing is limited', () => {
    const standings = decideAdmission({ limits, held: [], waiting: [ticket('a'), ticket('b')] });
    expect([...standings.values()]).toEqual([{ kind: 'admitted' }, { kind: 'admitted' }]);
  });

  it('never lets more in than there are places, however many come at once', () => {
    const waiting = Array.from({ length: 60 }, (_, index) => ticket(`t${index}`));
    const held = hold(7, { canonical: 'example.org/x' });
    const standings = decideAdmission({ limits: { ...limits, sessions: 10 }, held, waiting });
    const admitted = [...standings].filter(([, { kind }]) => kind === 'admitted').map(([id]) => id);
    expect(admitted).toEqual(['t0', 't1', 't2']);
    expect(standings.get('t3')).toEqual({ kind: 'waiting', position: 1, obstacle: 'total' });
    expect(standings.get('t59')).toEqual({ kind: 'waiting', position: 57, obstacle: 'total' });
  });

  it('holds a repository to its limit, and nobody up who comes behind', () => {
    const course = ['a1', 'a2', 'a3'].map((id) => ticket(id, { canonical: 'example.org/a', repositorySessions: 1 }));
    const standings = decideAdmission({
      limits: { ...limits, sessions: 2 },
      held: [],
      waiting: [...course, ticket('b')],
    });
    expect(standings.get('a1')?.kind).toBe('admitted');
    expect(standings.get('b')?.kind).toBe('admitted');
    expect(standings.get('a3')).toEqual({ kind: 'waiting', position: 2, obstacle: 'repository' });
  });

  it('holds a client to its limit; who is not known as a client has none', () => {
    const waiting = [...['a', 'b'].map((id) => ticket(id, { client: 'one' })), ...['c', 'd'].map((id) => ticket(id))];
    const standings = decideAdmission({ limits: { sessions: 0, sessionsPerClient: 1 }, held: [], waiting });
    expect([...standings].filter(([, { kind }]) => kind === 'waiting').map(([id]) => id)).toEqual(['b']);
  });
});
