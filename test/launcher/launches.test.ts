import { describe, expect, it } from 'vitest';
import { SlipwayError } from '../../services/contracts/slipway-error.ts';
import { makeFailedEvent } from '../../services/launcher/events/make-launch-event.ts';
import { systemClock } from '../../services/platform/clock.ts';
import { createLogger } from '../../services/platform/logger.ts';
import { createMemoryEventLog } from '../support/memory-event-log.ts';
import { buildNext, collectEvents, createLauncher, makeLaunchRequest, phasesOf } from './create-launcher.ts';

const never = (): AbortSignal => new AbortController().signal;

describe('launches', () => {
  it('run whether or not anybody follows them, and can be followed from any place afterwards', async () => {
    const { launches } = createLauncher();
    const { id } = await launches.start(makeLaunchRequest());
    const whole = await collectEvents(launches.follow(id, 0, never()));
    expect(phasesOf(whole).at(-1)).toBe('ready');
    expect(await collectEvents(launches.follow(id, 3, never()))).toEqual(whole.slice(3));
    expect((await launches.find(id))?.request).toEqual(makeLaunchRequest());
  });

  it('that do not exist cannot be followed', async () => {
    const { launches } = createLauncher();
    await expect(launches.follow('nobody', 0, never()).next()).rejects.toThrow(SlipwayError);
  });

  it('have ids that cannot be guessed', async () => {
    const { launches } = createLauncher();
    const started = await Promise.all(Array.from({ length: 50 }, () => launches.start(makeLaunchRequest())));
    const ids = started.map(({ id }) => id);
    expect(new Set(ids).size).toBe(50);
    for (const id of ids) expect(id).toMatch(/^[\w-]{22}$/);
  });

  it('store nothing that lets anybody into the session', async () => {
    const { launches, events } = createLauncher();
    const { id } = await launches.start(makeLaunchRequest());
    const stored = await collectEvents(events.read(id, 0, never()));
    expect(JSON.stringify(stored)).not.toMatch(/the-token|the-code/);
  });

  it('that are cancelled end at once, say so, and are not gone on with', async () => {
    const { launches, sessions, events } = createLauncher();
    sessions.hang();
    const { id } = await launches.start(makeLaunchRequest());
    for await (const { event } of launches.follow(id, 0, never())) if (event.message.startsWith('The container')) break;
    await launches.cancel(id);
    expect((await launches.last(id))?.event).toMatchObject({ phase: 'failed', code: 'LAUNCH_CANCELLED' });
    expect(await events.unfinished()).toEqual([]);
  });

  it('that are over stay as they are when they are cancelled', async () => {
    const { launches } = createLauncher();
    const { id } = await launches.start(makeLaunchRequest());
    const whole = await collectEvents(launches.follow(id, 0, never()));
    await launches.cancel(id);
    expect((await launches.list(id, 0)).map(({ event }) => event)).toEqual(whole);
    await expect(launches.cancel('nobody')).rejects.toMatchObject({ code: 'LAUNCH_NOT_FOUND' });
  });

  it('go on in the next process where this one stopped', async () => {
    const events = createMemoryEventLog();
    const first = createLauncher({ events });
    first.sessions.hang();
    const { id } = await first.launches.start(makeLaunchRequest());
    for await (const { event } of first.launches.follow(id, 0, never()))
      if (event.message.startsWith('The container')) break;
    await first.launches.stop();
    expect((await events.unfinished()).map((launch) => launch.id)).toEqual([id]);

    const second = createLauncher({ events });
    expect(await second.launches.resumeUnfinished()).toBe(1);
    const phases = phasesOf(await collectEvents(second.launches.follow(id, 0, never())));
    expect(phases.at(-1)).toBe('ready');
    expect(phases).not.toContain('failed');
    expect(second.sessions.requests).toEqual(first.sessions.requests);
    expect(await events.unfinished()).toEqual([]);
  });

  it('that were left long ago are not started again', async () => {
    const events = createMemoryEventLog();
    const id = 'old-launch-of-somebody';
    await events.create({ id, createdAt: systemClock.now() - 7_200_000, request: makeLaunchRequest() });
    await events.release(id);
    const { launches, sessions } = createLauncher({ events });
    await launches.resumeUnfinished();
    const told = await collectEvents(launches.follow(id, 0, never()));
    expect(told).toMatchObject([{ phase: 'failed', code: 'LAUNCH_INTERRUPTED', retry: true }]);
    expect(sessions.requests).toEqual([]);
  });

  it('share one build', async () => {
    const { launches, images, builds } = createLauncher();
    images.isThere = false;
    const specs = ['a/HEAD', 'b/HEAD', 'c/HEAD'];
    const started = await Promise.all(specs.map((spec) => launches.start(makeLaunchRequest(spec))));
    const ids = started.map(({ id }) => id);
    await buildNext(builds, [{ phase: 'building', message: 'once\n', at: 1 }]);
    for (const id of ids) {
      const told = await collectEvents(launches.follow(id, 0, never()));
      expect(told.filter(({ message }) => message === 'once\n')).toHaveLength(1);
      expect(told.at(-1)?.phase).toBe('ready');
    }
    expect(await builds.depth()).toEqual({ queued: 0, running: 0 });
  });

  it('are counted by how they end, with few labels', async () => {
    const { launches, parts, sessions } = createLauncher();
    const follow = async (spec: string, provider?: string) =>
      collectEvents(launches.follow((await launches.start(makeLaunchRequest(spec, provider))).id, 0, never()));
    await follow('found/HEAD');
    await follow('missing/HEAD');
    await follow('x', `nope-${'x'.repeat(50)}`);
    sessions.failWith(new SlipwayError('SESSION_START_FAILED'));
    await follow('found/HEAD');
    const text = await parts.metrics.render();
    expect(text).toContain('binderhub_launch_count_total{status="success",provider="test"} 1');
    expect(text).toContain('binderhub_launch_count_total{status="failure",provider="test"} 1');
    expect(text).toContain('slipway_launch_failures_total{code="REPO_NOT_FOUND"} 1');
    expect(text).toContain('slipway_launch_seconds_count{outcome="success",cache="found"} 1');
    expect(text).toContain('slipway_phase_seconds_count{phase="launching",outcome="failure",cache="found"} 1');
    expect(text).toContain('binderhub_inprogress_launches 0');
    expect(text).not.toMatch(/nope|example\.org/);
  });

  it('log the cause of an unexpected failure under the beginning of their id, which as a whole would open the session', async () => {
    const lines: string[] = [];
    const log = createLogger({ level: 'info', destination: { write: (text) => void lines.push(text) } });
    const { launches } = createLauncher({ log });
    const { id } = await launches.start(makeLaunchRequest('broken/HEAD'));
    await collectEvents(launches.follow(id, 0, never()));
    expect(lines.join('')).toContain(`"launch":"${id.slice(0, 8)}"`);
    expect(lines.join('')).not.toContain(id);
    expect(lines.join('')).toContain('internal text');
  });

  it('stop when another process ends them in the log', async () => {
    const { launches, events, sessions } = createLauncher();
    sessions.hang();
    const { id } = await launches.start(makeLaunchRequest());
    for await (const { event } of launches.follow(id, 0, never())) if (event.message.startsWith('The container')) break;
    await events.append(id, makeFailedEvent(new SlipwayError('LAUNCH_CANCELLED'), 1));
    await expect.poll(() => launches.oldest()).toBeUndefined();
    expect((await launches.last(id))?.event).toMatchObject({ phase: 'failed', code: 'LAUNCH_CANCELLED' });
  });
});
