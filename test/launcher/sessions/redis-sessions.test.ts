import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../services/cli/read-settings.ts';
import { createRedisSessionHistory } from '../../../services/launcher/sessions/redis-session-history.ts';
import { createRedisSharedActivity } from '../../../services/launcher/sessions/redis-shared-activity.ts';
import { createRedisUsedCodes } from '../../../services/launcher/sessions/redis-used-codes.ts';
import { createStores } from '../../../services/launcher/stores.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { useRedisPlaces } from '../../support/redis-places.ts';
import { makeSessionSpec } from '../../support/session-spec.ts';

const places = useRedisPlaces();

describe('what launchers share of sessions', () => {
  it('is why a session ended, of which the first reason stays', async () => {
    const [one, other] = places.createTwice(createRedisSessionHistory);
    const spec = makeSessionSpec();
    const end = { code: 'SESSION_EXITED', at: 5, log: 'bye' } as const;
    await one.record(spec, end);
    await other.record(spec, { code: 'SESSION_STOPPED', at: 6 });
    expect(await other.find(spec.id)).toEqual({ spec, end });
    expect(await one.find('b')).toBeUndefined();
  });

  it('is which entry codes were used: each lets in once, whoever is asked', async () => {
    const [one, other] = places.createTwice(createRedisUsedCodes);
    const answers = await Promise.all([one.use('code', 60_000), other.use('code', 60_000), one.use('code', 60_000)]);
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(await other.use('another', 60_000)).toBe(true);
  });

  it('is when a session was used last by anybody', async () => {
    const [one, other] = places.createTwice(createRedisSharedActivity);
    await one.exchange(new Map([['a', 5000]]));
    expect(
      await other.exchange(
        new Map([
          ['a', 3000],
          ['b', 1000],
        ]),
      ),
    ).toEqual(
      new Map([
        ['a', 5000],
        ['b', 1000],
      ]),
    );
    expect(await one.exchange(new Map())).toEqual(new Map());
  });

  it('is the secret: that of the first one, so that its sessions stay reachable', async () => {
    const data = await mkdtemp(join(tmpdir(), 'stores-'));
    const secret = Buffer.alloc(32, 7);
    await writeFile(join(data, 'secret'), secret);
    const prefix = crypto.randomUUID();
    const env = { SLIPWAY_REDIS_URL: places.server.url, SLIPWAY_REDIS_PREFIX: prefix };
    const open = (name: string) =>
      createStores(readSettings({ data: join(data, name) }, env), createLogger({ level: 'silent' }));
    const [first, second] = [await open(''), await open('second')];
    expect(await first.readSecret()).toEqual(secret);
    expect(await second.readSecret()).toEqual(secret);
    await Promise.all([first.close(), second.close()]);
    await rm(data, { recursive: true });
  });
});

describe('Redis that is killed and comes back', () => {
  it('has what it acknowledged, and what was asked meanwhile is answered then', async () => {
    const redis = places.create()();
    await redis.client.set('before', '1');
    await places.server.kill();
    const answer = redis.client.incr('before');
    await places.server.start();
    expect(await answer).toBe(2);
  });
});
