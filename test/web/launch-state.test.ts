import { describe, expect, it } from 'vitest';
import { describeState } from '../../web/src/launch/describe-state.ts';
import {
  type DeliveredEvent,
  INITIAL_LAUNCH_STATE,
  type LaunchState,
  isNews,
  isOtherLaunch,
  reduceLaunch,
} from '../../web/src/launch/launch-state.ts';

const waiting: DeliveredEvent = { phase: 'waiting', message: 'Looking up.\n', at: 1000 };
const fetching: DeliveredEvent = { phase: 'fetching', message: 'Cloning.\n', at: 1500 };
const built: DeliveredEvent = { phase: 'built', message: 'Image found.\n', at: 4000, imageName: 'i' };
const launching: DeliveredEvent = { phase: 'launching', message: 'Starting.\n', at: 4100 };
const ready: DeliveredEvent = {
  phase: 'ready',
  message: 'Ready.\n',
  at: 5600,
  url: 'http://h/s/x/',
  image: 'i',
  sessionId: 'x',
  repo_url: '',
  binder_ref_url: '',
  binder_launch_host: '',
  binder_request: '',
  binder_persistent_request: '',
  token: 't',
  enterUrl: 'http://h/s/x/enter?code=1',
  binder_client_ip: '',
};
const failed: DeliveredEvent = {
  phase: 'failed',
  message: 'No such branch.\n',
  at: 1200,
  code: 'REPO_REF_NOT_FOUND',
  hint: 'Use HEAD.',
  status_code: 404,
  retry: false,
};
const step = (name: string, status: 'started' | 'done', seconds?: number): DeliveredEvent => ({
  phase: 'building',
  message: '',
  at: 2000,
  step: { name, status, ...(seconds !== undefined && { seconds }) },
});

const play = (events: readonly DeliveredEvent[], from: LaunchState = INITIAL_LAUNCH_STATE): LaunchState =>
  events.reduce((state, event, i) => reduceLaunch(state, { kind: 'event', id: `L1.${i}`, event }), from);

const statuses = ({ stages }: LaunchState): readonly string[] => Object.values(stages).map(({ status }) => status);

describe('reduceLaunch', () => {
  it('goes through the stages of a build', () => {
    expect(statuses(play([waiting]))).toEqual(['active', 'pending', 'pending', 'pending']);
    expect(statuses(play([waiting, fetching]))).toEqual(['done', 'active', 'pending', 'pending']);
    expect(statuses(play([waiting, fetching, built]))).toEqual(['done', 'done', 'active', 'pending']);
    expect(statuses(play([waiting, fetching, built, launching, ready]))).toEqual(['done', 'done', 'done', 'done']);
  });

  it('skips the build when the image was found', () => {
    expect(statuses(play([waiting, built, launching]))).toEqual(['done', 'skipped', 'active', 'pending']);
  });

  it('measures stages by the clock of the server', () => {
    const { stages } = play([waiting, fetching, built, launching, ready]);
    expect([stages.lookup.seconds, stages.build.seconds, stages.start.seconds]).toEqual([0.5, 2.5, 1.6]);
  });

  it('does not go back when a build waits for its turn', () => {
    expect(statuses(play([waiting, fetching, waiting]))).toEqual(['done', 'active', 'pending', 'pending']);
  });

  it('keeps each build step once, in order, as last heard of', () => {
    const { steps } = play([step('a', 'started'), step('b', 'started'), step('a', 'done', 2)]);
    expect(steps).toEqual([
      { name: 'a', status: 'done', seconds: 2 },
      { name: 'b', status: 'started' },
    ]);
  });

  it('shows the last line of a message as text, and keeps it over messages without text', () => {
    expect(play([{ ...fetching, message: 'one\n\u001B[1mtwo\u001B[0m\n' }, step('a', 'started')]).detail).toBe('two');
  });

  it('fails the stage at work and keeps what was said', () => {
    const state = play([waiting, failed]);
    expect(statuses(state)).toEqual(['failed', 'pending', 'pending', 'pending']);
    expect(state.outcome).toEqual({ kind: 'failed', failure: failed });
    expect(describeState(state)).toMatchObject({ tone: 'failed', word: 'Failed' });
  });

  it('fails the first stage when nothing was said before', () => {
    expect(statuses(play([failed]))).toEqual(['failed', 'pending', 'pending', 'pending']);
  });

  it('has the entry address when it is ready', () => {
    expect(play([ready]).outcome).toEqual({ kind: 'ready', enterUrl: 'http://h/s/x/enter?code=1' });
  });

  it('drops events that a resumed stream repeats', () => {
    const state = play([waiting, fetching]);
    expect(isNews(state, 'L1.1')).toBe(false);
    expect(reduceLaunch(state, { kind: 'event', id: 'L1.1', event: failed })).toBe(state);
    expect(isNews(state, 'L1.2')).toBe(true);
    expect(isNews(state, '')).toBe(true);
  });

  it('starts over when the stream goes on with another launch', () => {
    const state = play([waiting, fetching, step('a', 'started')]);
    expect(isOtherLaunch(state, 'L2.0')).toBe(true);
    expect(isOtherLaunch(INITIAL_LAUNCH_STATE, 'L2.0')).toBe(false);
    const other = reduceLaunch(state, { kind: 'event', id: 'L2.0', event: waiting });
    expect(statuses(other)).toEqual(['active', 'pending', 'pending', 'pending']);
    expect(other.steps).toEqual([]);
    expect(other.seq).toBe(0);
  });

  it('tells a lost connection from a failed launch', () => {
    const lost = reduceLaunch(play([waiting]), { kind: 'connection', connection: 'lost' });
    expect(describeState(lost)).toMatchObject({ tone: 'working' });
    const gone = reduceLaunch(lost, { kind: 'connection', connection: 'given-up' });
    expect(describeState(gone)).toMatchObject({ tone: 'failed', word: 'No connection' });
  });
});
