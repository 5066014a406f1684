import { describe, expect, it } from 'vitest';
import { createIsolationKeeper } from '../../../services/launcher/isolation/isolation-keeper.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const setup = () => {
  const world = { bridge: 'br-1' as string | undefined, broken: false, over: new Set(['a']), repaired: [] as string[] };
  const orFail = async <T>(value: T): Promise<T> => {
    if (world.broken) throw new Error('broken');
    return value;
  };
  const keeper = createIsolationKeeper({
    egress: { repair: (bridge) => orFail(world.repaired.push(bridge) > 0) },
    findBridge: async () => world.bridge,
    measureDisks: () => orFail(world.over),
    everySeconds: 15,
    clock: createFakeClock(),
    logger: createLogger({ level: 'silent' }),
  });
  return { world, keeper };
};

describe('the keeper of the isolation', () => {
  it('looks at the rules of the bridge, when there is one', async () => {
    const { world, keeper } = setup();
    await keeper.look();
    world.bridge = undefined;
    await keeper.look();
    expect(world.repaired).toEqual(['br-1']);
  });

  it('tells whoever asks that the rules are not in force, until they are', async () => {
    const { world, keeper } = setup();
    world.broken = true;
    await keeper.look();
    await expect(keeper.checkEgress()).rejects.toThrow('broken');
    world.broken = false;
    await keeper.look();
    await expect(keeper.checkEgress()).resolves.toBeUndefined();
  });

  it('knows who wrote too much, and goes on knowing it when nothing can be measured', async () => {
    const { world, keeper } = setup();
    expect([...keeper.overDisk()]).toEqual([]);
    await keeper.look();
    world.broken = true;
    await keeper.look();
    expect([...keeper.overDisk()]).toEqual(['a']);
  });

  it('ends with its signal', async () => {
    const { keeper } = setup();
    await expect(keeper.run(AbortSignal.abort())).resolves.toBeUndefined();
  });
});
