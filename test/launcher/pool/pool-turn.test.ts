import { expect, it } from 'vitest';
import { ownPoolTurn } from '../../../services/launcher/pool/pool-turn.ts';
import { createRedisPoolTurn } from '../../../services/launcher/pool/redis-pool-turn.ts';
import { createRedisLease } from '../../../services/platform/redis-lease.ts';
import { useRedisPlaces, type RedisPlaces } from '../../support/redis-places.ts';

const LOSS_MS = 60_000;

const places = useRedisPlaces();

const openTurn = (open: ReturnType<RedisPlaces['create']>) => {
  const redis = open();
  const lease = createRedisLease({ redis, lossMs: LOSS_MS, onError: () => undefined });
  return { lease, turn: createRedisPoolTurn(redis, lease) };
};

it('the only server looks after what waits', async () => {
  expect(await ownPoolTurn.take()).toBe(true);
});

it('of several servers one does, until it gives no sign of life any more', async () => {
  const open = places.create();
  const [first, second, third] = [openTurn(open), openTurn(open), openTurn(open)];
  expect(await first.turn.take()).toBe(true);
  expect(await second.turn.take()).toBe(false);
  expect(await first.turn.take()).toBe(true);
  first.lease.close();
  await expect.poll(() => second.turn.take()).toBe(true);
  expect(await third.turn.take()).toBe(false);
  second.lease.close();
  await expect.poll(() => third.turn.take()).toBe(true);
  expect(await second.turn.take()).toBe(false);
  third.lease.close();
});
