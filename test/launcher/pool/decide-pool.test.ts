import { describe, expect, it } from 'vitest';
import { decidePool, type PoolObservation, type Wish } from '../../../services/launcher/pool/decide-pool.ts';
import type { WaitingSession } from '../../../services/launcher/pool/warm-runtime.ts';
import { makeSessionSpec } from '../../support/session-spec.ts';

const { id: _id, launchId: _launchId, ...request } = makeSessionSpec();
const wish = (image: string, count: number): Wish => ({ session: { ...request, image }, count });
const waiting = (image: string, startedAt: number, changes: Partial<WaitingSession> = {}): WaitingSession => ({
  spec: makeSessionSpec({ image, launchId: '' }),
  startedAt,
  state: { kind: 'running', address: { host: '10.0.0.1', port: 8888 } },
  isReady: true,
  ...changes,
});
const decide = (changes: Partial<PoolObservation>) => {
  const base = { wishes: [], present: [], most: 10, maxAgeMs: 1000, startMs: 100, isShort: false, now: 500 };
  const { start, discard } = decidePool({ ...base, ...changes });
  return { start: start.map(({ image }) => image), discard };
};

describe('what should wait', () => {
  it('is started as far as it is missing', () => {
    const present = [waiting('a', 0)];
    expect(decide({ wishes: [wish('a', 2), wish('b', 1)], present })).toEqual({ start: ['a', 'b'], discard: [] });
    expect(decide({ wishes: [wish('a', 1)], present })).toEqual({ start: [], discard: [] });
  });

  it('is the largest wish for an image, not their sum', () => {
    expect(decide({ wishes: [wish('a', 2), wish('a', 3), wish('a', 1)] }).start).toEqual(['a', 'a', 'a']);
  });

  it('is limited in all, the first wishes first', () => {
    expect(decide({ wishes: [wish('a', 2), wish('b', 5), wish('c', 1)], most: 4 }).start).toEqual(['a', 'a', 'b', 'b']);
    expect(decide({ wishes: [wish('a', 2)], most: 0 }).start).toEqual([]);
  });

  it('ends when nobody wishes it any more, when it is too much, too old, or over', () => {
    const [old, second, young] = [waiting('a', 100), waiting('a', 200), waiting('a', 300)];
    const other = waiting('b', 400);
    const ended = waiting('a', 450, { state: { kind: 'ended', end: { code: 'SESSION_EXITED', at: 460 } } });
    const present = [old, second, young, other, ended];
    expect(decide({ wishes: [wish('a', 1)], present }).discard.toSorted()).toEqual(
      [old, second, other, ended].map(({ spec }) => spec.id).sort(),
    );
    expect(decide({ wishes: [wish('a', 3)], present: [old, second], now: 1150 })).toEqual({
      start: ['a', 'a'],
      discard: [old.spec.id],
    });
  });

  it('ends when it did not become ready in time, and is not started twice meanwhile', () => {
    const [slow, stuck] = [waiting('a', 450, { isReady: false }), waiting('a', 400, { isReady: false })];
    expect(decide({ wishes: [wish('a', 1)], present: [slow] })).toEqual({ start: [], discard: [] });
    expect(decide({ wishes: [wish('a', 1)], present: [stuck] })).toEqual({ start: ['a'], discard: [stuck.spec.id] });
  });

  it('makes room while memory is short: nothing is started, and one goes after the other, the oldest first', () => {
    const [old, young] = [waiting('a', 100), waiting('a', 200)];
    const wishes = [wish('a', 5)];
    expect(decide({ wishes, present: [young, old], isShort: true })).toEqual({ start: [], discard: [old.spec.id] });
    expect(decide({ wishes, isShort: true })).toEqual({ start: [], discard: [] });
  });
});
