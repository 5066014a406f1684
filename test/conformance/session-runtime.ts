import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import type { Session, SessionSpec } from '../../services/contracts/session.ts';
import { makeSessionPath } from '../../services/launcher/sessions/session-path.ts';
import type { SessionRuntime } from '../../services/launcher/sessions/session-runtime.ts';
import { makeSessionSpec } from '../support/session-spec.ts';
import { skipTitle } from '../support/skip-title.ts';

type Fresh = AsyncDisposable & {
  readonly runtime: SessionRuntime;
  /** The same sessions as a later process finds them. */
  readonly reopen?: () => SessionRuntime;
  /** Another installation on the same engine. */
  readonly neighbour?: SessionRuntime;
  /** An image whose sessions say `hello` and go on running. */
  readonly image: string;
  readonly missingImage: string;
  /** Makes the process of a session exit, and waits until it has. */
  readonly exit: (id: string) => Promise<void>;
};

type Options = {
  readonly create: () => Promise<Fresh>;
  readonly skip?: { readonly neighbour?: string; readonly reopen?: string };
};

const never = (): AbortSignal => new AbortController().signal;
const start = (runtime: SessionRuntime, spec: SessionSpec, signal = never()) =>
  runtime.start({ spec, token: 'secret-token', basePath: makeSessionPath(spec.id) }, signal);
const ids = (sessions: readonly Session[]): string[] => sessions.map(({ spec }) => spec.id).sort();

/** What every SessionRuntime promises. */
export const sessionRuntimeContract = ({ create, skip = {} }: Options): void => {
  describe('as a session runtime', () => {
    it('runs what was started, and says so with everything it was started for', async () => {
      await using fresh = await create();
      const spec = makeSessionSpec({ image: fresh.image });
      const before = Date.now();
      const address = await start(fresh.runtime, spec);
      const found = await fresh.runtime.find(spec.id);
      expect(found).toMatchObject({ spec, state: { kind: 'running', address } });
      expect(Math.abs((found?.startedAt ?? 0) - before)).toBeLessThan(60_000);
      expect(await fresh.runtime.list()).toEqual([found]);
    });

    it('gives the files of a session as a tar archive below one directory', async () => {
      await using fresh = await create();
      const spec = makeSessionSpec({ image: fresh.image });
      await start(fresh.runtime, spec);
      const entries: (readonly [type: unknown, top: string | undefined])[] = [];
      for await (const entry of (await fresh.runtime.readWork(spec.id)).pipe(extract())) {
        entries.push([entry.header.type, entry.header.name.split('/')[0]]);
        entry.resume();
      }
      expect(entries[0]?.[0]).toBe('directory');
      expect(new Set(entries.map(([, top]) => top)).size).toBe(1);
      await expect(fresh.runtime.readWork(makeSessionSpec().id)).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    });

    it('starts several at once, each with its own place', async () => {
      await using fresh = await create();
      const specs = [1, 2, 3].map(() => makeSessionSpec({ image: fresh.image }));
      await Promise.all(specs.map((spec) => start(fresh.runtime, spec)));
      expect(ids(await fresh.runtime.list())).toEqual(specs.map(({ id }) => id).sort());
    });

    it('stops and removes, also again, also what never was', async () => {
      await using fresh = await create();
      const spec = makeSessionSpec({ image: fresh.image });
      await start(fresh.runtime, spec);
      await fresh.runtime.stop(spec.id);
      await fresh.runtime.stop(spec.id);
      await fresh.runtime.stop(makeSessionSpec().id);
      expect(await fresh.runtime.find(spec.id)).toBeUndefined();
      expect(await fresh.runtime.list()).toEqual([]);
      expect(await fresh.runtime.log(spec.id)).toBe('');
    });

    it('shows a session that ended, with the reason and its last words, until it is stopped', async () => {
      await using fresh = await create();
      const spec = makeSessionSpec({ image: fresh.image });
      await start(fresh.runtime, spec);
      await fresh.exit(spec.id);
      const found = await fresh.runtime.find(spec.id);
      expect(found).toMatchObject({ spec, state: { kind: 'ended', end: { code: 'SESSION_EXITED' } } });
      expect(found?.state.kind === 'ended' && found.state.end.log).toContain('hello');
      expect(await fresh.runtime.log(spec.id)).toContain('hello');
      expect(await fresh.runtime.list()).toEqual([found]);
      await fresh.runtime.stop(spec.id);
      expect(await fresh.runtime.list()).toEqual([]);
    });

    it('refuses what cannot be started, and leaves nothing of it', async () => {
      await using fresh = await create();
      const spec = makeSessionSpec({ image: fresh.missingImage });
      await expect(start(fresh.runtime, spec)).rejects.toMatchObject({ code: 'SESSION_START_FAILED' });
      expect(await fresh.runtime.find(spec.id)).toBeUndefined();
      expect(await fresh.runtime.list()).toEqual([]);
    });

    it('starts nothing when it is aborted', async () => {
      await using fresh = await create();
      const spec = makeSessionSpec({ image: fresh.image });
      const aborted = AbortSignal.abort(new Error('enough'));
      await expect(start(fresh.runtime, spec, aborted)).rejects.toThrow('enough');
      expect(await fresh.runtime.list()).toEqual([]);
    });

    it.skipIf(skip.reopen)(skipTitle('finds its sessions again after a restart', skip.reopen), async () => {
      await using fresh = await create();
      const spec = makeSessionSpec({ image: fresh.image });
      await start(fresh.runtime, spec);
      expect(await fresh.reopen?.().list()).toEqual(await fresh.runtime.list());
    });

    it.skipIf(skip.neighbour)(skipTitle('keeps out of another installation', skip.neighbour), async () => {
      await using fresh = await create();
      const spec = makeSessionSpec({ image: fresh.image });
      await start(fresh.runtime, spec);
      expect(await fresh.neighbour?.list()).toEqual([]);
      expect(await fresh.neighbour?.find(spec.id)).toBeUndefined();
      expect(await fresh.neighbour?.log(spec.id)).toBe('');
      await fresh.neighbour?.stop(spec.id);
      expect(ids(await fresh.runtime.list())).toEqual([spec.id]);
    });
  });
};
