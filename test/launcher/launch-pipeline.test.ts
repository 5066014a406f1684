import { Check } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import type { BuildEvent } from '../../services/contracts/build.ts';
import { LaunchEvent } from '../../services/contracts/launch-event.ts';
import { SlipwayError } from '../../services/contracts/slipway-error.ts';
import type { LaunchRecord } from '../../services/launcher/events/event-log.ts';
import { runLaunch } from '../../services/launcher/launch-pipeline.ts';
import {
  buildNext,
  collectEvents,
  COMMIT,
  createLauncherParts,
  IMAGE,
  makeLaunchRequest,
  phasesOf,
  type Launcher,
} from './create-launcher.ts';

const line: BuildEvent = { phase: 'building', message: 'Installing numpy.\n', at: 1 };
const fetching: BuildEvent = { phase: 'fetching', message: 'Fetching.\n', at: 1 };

const run = async (launcher: Launcher, request = makeLaunchRequest()) => {
  const launch: LaunchRecord = { id: 'launch-1', createdAt: 0, request };
  const failures: SlipwayError[] = [];
  const onFailure = (_launch: LaunchRecord, error: SlipwayError): void => void failures.push(error);
  const events = await collectEvents(runLaunch({ ...launcher.parts, onFailure }, launch, new AbortController().signal));
  return { events, failures, last: events.at(-1) };
};

describe('the launch pipeline', () => {
  it('starts a session of an image that exists, without a build', async () => {
    const launcher = createLauncherParts();
    const { events, last } = await run(launcher);
    expect(phasesOf(events)).toEqual(['waiting', 'waiting', 'built', 'launching', 'launching', 'ready']);
    expect(events.every((event) => Check(LaunchEvent, event))).toBe(true);
    expect(await launcher.builds.depth()).toEqual({ queued: 0, running: 0 });
    expect(last).toEqual({
      phase: 'ready',
      message: 'The session is running at http://127.0.0.1:8081/s/abcdefghijklmnopqrstuvwxyz/\n',
      at: expect.any(Number),
      url: 'http://127.0.0.1:8081/s/abcdefghijklmnopqrstuvwxyz/',
      image: expect.stringMatching(IMAGE),
      sessionId: 'abcdefghijklmnopqrstuvwxyz',
      repo_url: 'https://example.org/repository',
      binder_ref_url: `https://example.org/repository/tree/${COMMIT}`,
      binder_launch_host: 'http://127.0.0.1:8080/',
      binder_request: 'v2/test/found/HEAD',
      binder_persistent_request: `v2/test/found/${COMMIT}`,
    });
  });

  it('adds the content that the link brings along before the session is handed over, and says what to open', async () => {
    const content = { repo: { provider: 'test', spec: 'other/HEAD' } };
    const { events, last } = await run(createLauncherParts(), { ...makeLaunchRequest(), content });
    expect(events.at(-2)).toMatchObject({ phase: 'launching', message: 'Added the content.\n' });
    expect(last).toMatchObject({ phase: 'ready', path: 'lab/tree/content' });
  });

  it('tells the session what it is started for', async () => {
    const launcher = createLauncherParts();
    await run(launcher);
    expect(launcher.sessions.requests).toEqual([
      {
        launchId: 'launch-1',
        launchHost: 'http://127.0.0.1:8080/',
        image: expect.stringMatching(IMAGE),
        canonical: 'example.org/repository',
        repoUrl: 'https://example.org/repository',
        refUrl: `https://example.org/repository/tree/${COMMIT}`,
        request: 'v2/test/found/HEAD',
        persistentRequest: `v2/test/found/${COMMIT}`,
      },
    ]);
  });

  it('passes the log of the build on, and says that the image was built', async () => {
    const launcher = createLauncherParts();
    launcher.images.isThere = false;
    const [{ events }] = await Promise.all([run(launcher), buildNext(launcher.builds, [fetching, line])]);
    expect(phasesOf(events)).toEqual([
      'waiting',
      'waiting',
      'waiting',
      'fetching',
      'building',
      'built',
      'launching',
      'launching',
      'ready',
    ]);
    expect(events).toContainEqual(line);
    const built = events.find(({ phase }) => phase === 'built');
    expect(built?.message).not.toBe((await run(createLauncherParts())).events[2]?.message);
  });

  it('ends an unknown provider in nothing but a failed event', async () => {
    const { events } = await run(createLauncherParts(), makeLaunchRequest('a/HEAD', 'nope'));
    expect(events).toMatchObject([{ phase: 'failed', code: 'REPO_PROVIDER_UNKNOWN', status_code: 404, retry: false }]);
  });

  it('ends a build that failed in its error', async () => {
    const launcher = createLauncherParts();
    launcher.images.isThere = false;
    const error = new SlipwayError('BUILD_PACKAGE_NOT_FOUND', { message: 'No numpyy.', hint: 'Spell it.' });
    const building = buildNext(launcher.builds, [line], { ok: false, error: error.toBody() });
    const [{ last }] = await Promise.all([run(launcher), building]);
    expect(last).toMatchObject({ code: 'BUILD_PACKAGE_NOT_FOUND', message: 'No numpyy.\n', hint: 'Spell it.' });
    expect(launcher.sessions.requests).toEqual([]);
  });

  it('says how an image is fetched before a session starts from it', async () => {
    const launcher = createLauncherParts();
    launcher.images.lines = ['Fetching the image', '1 of 1 layers'];
    const { events } = await run(launcher);
    expect(events.slice(2, 5)).toMatchObject([
      { phase: 'waiting', message: 'Fetching the image\n' },
      { phase: 'waiting', message: '1 of 1 layers\n' },
      { phase: 'built' },
    ]);
  });

  it('does not take a failed look-up for a missing image', async () => {
    const launcher = createLauncherParts();
    launcher.images.error = new SlipwayError('IMAGE_LOOKUP_FAILED');
    const { last } = await run(launcher);
    expect(last).toMatchObject({ phase: 'failed', code: 'IMAGE_LOOKUP_FAILED', status_code: 503, retry: true });
  });

  it('shows the last lines of a session that did not start, and no other detail', async () => {
    const launcher = createLauncherParts();
    launcher.sessions.failWith(
      new SlipwayError('SESSION_START_FAILED', { details: { log: 'no jupyter\n', host: '10.0.0.7' } }),
    );
    const { events, last } = await run(launcher);
    expect(last).toMatchObject({ phase: 'failed', code: 'SESSION_START_FAILED', log: 'no jupyter\n' });
    expect(JSON.stringify(events)).not.toContain('10.0.0.7');
    expect(Check(LaunchEvent, last)).toBe(true);
  });

  it('hides the text of an unexpected error, and gives it to the operator', async () => {
    const { events, failures, last } = await run(createLauncherParts(), makeLaunchRequest('broken/HEAD'));
    expect(last).toMatchObject({ phase: 'failed', code: 'LAUNCH_INTERNAL', status_code: 500 });
    expect(JSON.stringify(events)).not.toContain('internal text');
    expect(failures.map(({ cause }) => cause)).toEqual([new TypeError('internal text')]);
  });

  it('throws the reason when it is aborted, without an event for it', async () => {
    const launcher = createLauncherParts();
    launcher.sessions.hang();
    const stopping = new AbortController();
    const events: string[] = [];
    const launch = { id: 'launch-1', createdAt: 0, request: makeLaunchRequest() };
    const parts = { ...launcher.parts, onFailure: () => expect.fail('an abort is no failure') };
    const running = (async () => {
      for await (const { phase, message } of runLaunch(parts, launch, stopping.signal)) {
        events.push(phase);
        if (message.startsWith('The container')) stopping.abort(new Error('stopping'));
      }
    })();
    await expect(running).rejects.toThrow('stopping');
    expect(events.at(-1)).toBe('launching');
  });
});
