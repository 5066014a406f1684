import { describe, expect, it } from 'vitest';
import type { Session } from '../../services/contracts/session.ts';
import type { WarmRuntime } from '../../services/launcher/pool/warm-runtime.ts';
import { makeSessionPath } from '../../services/launcher/sessions/session-path.ts';
import type { SessionRuntime } from '../../services/launcher/sessions/session-runtime.ts';
import { makeSessionSpec } from '../support/session-spec.ts';

type Fresh = AsyncDisposable & {
  readonly warm: WarmRuntime;
  /** The sessions that somebody has, of the same installation. */
  readonly sessions: SessionRuntime;
  /** The same as another process finds it. */
  readonly reopen: () => { readonly warm: WarmRuntime; readonly sessions: SessionRuntime };
  /** An image whose sessions go on running. */
  readonly image: string;
};

const never = (): AbortSignal => new AbortController().signal;
const ids = (sessions: readonly Session[]): string[] => sessions.map(({ spec }) => spec.id);

const startWaiting = async ({ warm, image }: Fresh) => {
  const spec = makeSessionSpec({ image, launchId: '', request: 'v2/gh/a/b/HEAD' });
  const address = await warm.start({ spec, token: 'secret', basePath: makeSessionPath(spec.id) }, never());
  return { spec, address };
};

/** What every WarmRuntime promises. */
export const warmRuntimeContract = (create: () => Promise<Fresh>): void => {
  describe('as a runtime of waiting sessions', () => {
    it('keeps what waits out of the sessions until it is claimed, then it is one with another spec', async () => {
      await using fresh = await create();
      const { spec, address } = await startWaiting(fresh);
      expect(await fresh.sessions.list()).toEqual([]);
      expect(await fresh.sessions.find(spec.id)).toBeUndefined();
      expect(await fresh.warm.list()).toMatchObject([{ spec, state: { kind: 'running', address }, isReady: false }]);

      const given = { ...spec, launchId: 'launch-7', request: 'v2/git/other/HEAD', canonical: 'example.org/other' };
      expect(await fresh.warm.claim(given, fresh.image)).toBe(true);
      expect(await fresh.warm.list()).toEqual([]);
      const found = await fresh.sessions.find(spec.id);
      expect(found).toMatchObject({ spec: given, state: { kind: 'running', address } });
      expect(await fresh.sessions.list()).toEqual([found]);
      expect(await fresh.sessions.list('launch-7')).toEqual([found]);
      expect(await fresh.sessions.list('launch-8')).toEqual([]);
      await fresh.sessions.stop(spec.id);
      expect(await fresh.sessions.list()).toEqual([]);
    });

    it('gives one to a single one of several who want it at the same time', async () => {
      await using fresh = await create();
      const { spec } = await startWaiting(fresh);
      const others = fresh.reopen();
      const claimers = [fresh.warm, others.warm, fresh.warm, others.warm];
      const outcomes = await Promise.all(
        claimers.map((warm, index) => warm.claim({ ...spec, launchId: `launch-${index}` }, fresh.image)),
      );
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      const winner = `launch-${outcomes.indexOf(true)}`;
      expect(await others.sessions.find(spec.id)).toMatchObject({ spec: { launchId: winner } });
    });

    it('lets a discarded one go to nobody, and a claimed one not be discarded', async () => {
      await using fresh = await create();
      const [gone, given] = [await startWaiting(fresh), await startWaiting(fresh)];
      await fresh.warm.discard(gone.spec.id);
      await fresh.warm.discard(gone.spec.id);
      expect(await fresh.warm.claim(gone.spec, fresh.image)).toBe(false);
      expect(await fresh.warm.claim({ ...given.spec, launchId: 'launch-1' }, fresh.image)).toBe(true);
      await fresh.warm.discard(given.spec.id);
      expect(ids(await fresh.sessions.list())).toEqual([given.spec.id]);
    });

    it('leaves one either to a launch or to be ended, when both want it', async () => {
      await using fresh = await create();
      for (let round = 0; round < 5; round += 1) {
        const { spec } = await startWaiting(fresh);
        const claiming = fresh.warm.claim({ ...spec, launchId: 'launch-1' }, fresh.image);
        const [isGiven] = await Promise.all([claiming, fresh.reopen().warm.discard(spec.id)]);
        expect(await fresh.warm.list()).toEqual([]);
        expect((await fresh.sessions.find(spec.id))?.spec.launchId).toBe(isGiven ? 'launch-1' : undefined);
      }
    });

    it('finds what waits, and what was claimed, after a restart', async () => {
      await using fresh = await create();
      const [waiting, given] = [await startWaiting(fresh), await startWaiting(fresh)];
      await fresh.warm.settle(waiting.spec.id);
      await fresh.warm.claim({ ...given.spec, launchId: 'launch-1' }, fresh.image);
      const { warm, sessions } = fresh.reopen();
      expect(await warm.list()).toMatchObject([{ spec: waiting.spec, isReady: true }]);
      expect(await sessions.list()).toEqual(await fresh.sessions.list());
    });
  });
};
