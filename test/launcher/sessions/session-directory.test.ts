import { describe, expect, it } from 'vitest';
import { createSessionDirectory } from '../../../services/launcher/sessions/session-directory.ts';
import { createSessionHistory, ENDED_SESSIONS } from '../../../services/launcher/sessions/session-history.ts';
import { openDatabase } from '../../../services/platform/sqlite.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeSessionRuntime } from '../../support/fake-session-runtime.ts';
import { makeSessionSpec } from '../../support/session-spec.ts';

const setup = () => {
  const clock = createFakeClock();
  const runtime = createFakeSessionRuntime({ now: () => clock.now() });
  const history = createSessionHistory(openDatabase(':memory:', [ENDED_SESSIONS]));
  const directory = createSessionDirectory({ runtime, history, clock });
  const start = async () => {
    const spec = makeSessionSpec();
    await runtime.start({ spec, token: '', basePath: '/' }, new AbortController().signal);
    return spec;
  };
  return { clock, runtime, history, directory, start };
};

describe('the session directory', () => {
  it('finds what runs already when it is filled, and answers without the runtime from then on', async () => {
    const { directory, runtime, start } = setup();
    const spec = await start();
    await directory.refresh();
    runtime.isAway = true;
    expect(await directory.find(spec.id)).toMatchObject({ kind: 'running', session: { spec } });
  });

  it('asks the runtime for what it does not know', async () => {
    const { directory, start } = setup();
    const spec = await start();
    expect(await directory.find(spec.id)).toMatchObject({ kind: 'running', session: { spec } });
    expect(directory.all()).toHaveLength(1);
  });

  it('believes for two seconds that there is no such session', async () => {
    const { directory, clock, runtime } = setup();
    const spec = makeSessionSpec();
    expect(await directory.find(spec.id)).toEqual({ kind: 'unknown' });
    await runtime.start({ spec, token: '', basePath: '/' }, new AbortController().signal);
    expect(await directory.find(spec.id)).toEqual({ kind: 'unknown' });
    clock.advance(2001);
    expect(await directory.find(spec.id)).toMatchObject({ kind: 'running' });
  });

  it('gives the reason on record of a session that is over, although it still runs', async () => {
    const { directory, history, start } = setup();
    const spec = await start();
    await directory.refresh();
    await history.record(spec, { code: 'SESSION_IDLE', at: 5 });
    directory.remove(spec.id);
    await directory.refresh();
    expect(directory.all()).toEqual([]);
    expect(await directory.find(spec.id)).toEqual({ kind: 'ended', spec, end: { code: 'SESSION_IDLE', at: 5 } });
  });

  it('forgets what ended when it is asked again, and keeps the time of last use otherwise', async () => {
    const { directory, clock, runtime, start } = setup();
    const [ended, kept] = [await start(), await start()];
    await directory.refresh();
    clock.advance(1000);
    directory.touch(kept.id);
    clock.advance(1000);
    runtime.end(ended.id, { code: 'SESSION_MEMORY_EXCEEDED', at: 7 });
    expect(await directory.recheck(ended.id)).toMatchObject({
      kind: 'ended',
      end: { code: 'SESSION_MEMORY_EXCEEDED' },
    });
    await directory.refresh();
    expect(directory.all()).toMatchObject([{ spec: kept, lastActivity: clock.now() - 1000 }]);
  });
});

describe('the session history', async () => {
  it('keeps the first reason, with the last words', async () => {
    const { history } = setup();
    const spec = makeSessionSpec();
    const end = { code: 'SESSION_EXITED', at: 5, log: 'bye' } as const;
    await history.record(spec, end);
    await history.record(spec, { code: 'SESSION_STOPPED', at: 6 });
    expect(await history.find(spec.id)).toEqual({ spec, end });
    expect(await history.find('b')).toBeUndefined();
  });

  it('forgets after thirty days', async () => {
    const { history } = setup();
    const [old, recent] = [makeSessionSpec(), makeSessionSpec()];
    await history.record(old, { code: 'SESSION_IDLE', at: 1 });
    await history.record(recent, { code: 'SESSION_IDLE', at: 31 * 24 * 3600 * 1000 });
    expect([await history.find(old.id), (await history.find(recent.id))?.spec]).toEqual([undefined, recent]);
  });
});
