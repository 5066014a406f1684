import { describe, expect, it } from 'vitest';
import type { PoolDemand } from '../../../services/contracts/api/waiting-sessions.ts';
import { SlipwayError } from '../../../services/contracts/slipway-error.ts';
import type { Wish } from '../../../services/launcher/pool/decide-pool.ts';
import { runPool, type RunningPool } from '../../../services/launcher/pool/run-pool.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createLauncher } from '../create-launcher.ts';

type Held = Map<string, readonly Wish[]>;

const demand = (name: string, changes: Partial<PoolDemand> = {}): PoolDemand => ({
  name,
  provider: 'test',
  spec: 'found/HEAD',
  count: 1,
  until: Number.MAX_SAFE_INTEGER,
  ...changes,
});

/** Runs rounds until `isOver` says so of what is held after one of them. */
const run = async (changes: Partial<RunningPool>, isOver: (held: Held, round: number) => boolean) => {
  const { parts, builds } = createLauncher();
  const held: Held = new Map();
  const calls: string[] = [];
  const stopping = new AbortController();
  const clock = createFakeClock();
  let round = 0;
  const sleep: RunningPool['clock']['sleep'] = async (milliseconds, signal) => {
    await clock.sleep(milliseconds, signal);
    if (isOver(held, (round += 1))) stopping.abort();
  };
  await runPool(
    {
      pool: {
        adopt: async () => void calls.push('adopt'),
        run: async () => void calls.push(`run with ${held.size}`),
        hold: (name, wishes) => void (wishes.length === 0 ? held.delete(name) : held.set(name, wishes)),
      },
      repositories: [],
      demands: { list: async () => [] },
      checkMs: 1000,
      clock: { now: () => clock.now(), sleep },
      logger: createLogger({ level: 'silent' }),
      providers: parts.providers,
      admission: parts.admission,
      images: parts.images,
      builds,
      imagePrefix: 'test/',
      publicUrl: '',
      ...changes,
    },
    stopping.signal,
  );
  return { held, calls };
};

const countsOf = (held: Held) => Object.fromEntries([...held].map(([name, wishes]) => [name, wishes[0]?.count]));

describe('what the pool holds', () => {
  it('is what the settings say and what operators ask for, before anything that waits is ended', async () => {
    const demands = { list: async () => [demand('class', { count: 30 })] };
    const { held, calls } = await run({ repositories: ['test/found/HEAD=2'], demands }, () => true);
    expect(calls).toEqual(['adopt', 'run with 2']);
    expect(countsOf(held)).toEqual({ 'configured test/found/HEAD=2': 2, 'demand class': 30 });
    expect(held.get('demand class')?.[0]?.session).toMatchObject({
      canonical: 'example.org/repository',
      request: 'v2/test/found/HEAD',
    });
  });

  it('follows what is asked for, changed and taken back', async () => {
    const seen: unknown[] = [];
    const rounds = [[demand('a')], [demand('a', { count: 5 }), demand('b')], [demand('b')], []];
    const list = async () => rounds.shift() ?? [];
    await run({ demands: { list } }, (held, round) => {
      seen.push(countsOf(held));
      return round > 6;
    });
    const distinct = seen.filter((one, index) => JSON.stringify(one) !== JSON.stringify(seen[index - 1]));
    expect(distinct).toEqual([{ 'demand a': 1 }, { 'demand a': 5, 'demand b': 1 }, { 'demand b': 1 }, {}]);
  });

  it('stays when a repository cannot be looked up any more, and a blocked one is never held', async () => {
    let isBlocked = false;
    let checks = 0;
    const judge: RunningPool['admission']['judge'] = () => {
      checks += 1;
      if (isBlocked) throw new SlipwayError('LIMIT_REPOSITORY_BLOCKED');
      return { limits: {}, sessions: 0 };
    };
    const repositories = ['test/found/HEAD=1', 'test/missing/HEAD=1'];
    const { held } = await run({ repositories, admission: { judge } }, () => {
      isBlocked = true;
      return checks > 1;
    });
    expect(countsOf(held)).toEqual({ 'configured test/found/HEAD=1': 1 });
    const blocked = await run({ repositories, admission: { judge } }, () => true);
    expect(blocked.held.size).toBe(0);
  });

  it('is what it was while the demands cannot be read', async () => {
    let isBroken = false;
    const list = async () => {
      if (isBroken) throw new Error('the store is away');
      return [demand('class')];
    };
    const { held } = await run({ demands: { list } }, (_, round) => {
      isBroken = true;
      return round > 3;
    });
    expect(countsOf(held)).toEqual({ 'demand class': 1 });
  });
});
