import { describe, expect, it } from 'vitest';
import { chooseEvicted, countRoom } from '../../../services/launcher/admission/make-room.ts';
import type { RunningSession } from '../../../services/launcher/admission/settle-queue.ts';
import { createTestAdmission } from '../../support/open-admission.ts';

const warm = (...names: readonly string[]) => names.map((name) => ({ id: name, canonical: name.slice(0, 1) }));

describe('sessions that wait for nobody in particular', () => {
  it('stay as long as there is room beside what runs and what is promised', () => {
    const observation = { sessions: 5, running: 2, promised: ['x'] };
    expect(countRoom(observation, warm('a1', 'a2'))).toBe(2);
    expect(chooseEvicted(observation, warm('a1', 'a2'))).toEqual([]);
    expect(chooseEvicted({ ...observation, sessions: 0 }, warm('a1', 'a2', 'a3'))).toEqual([]);
  });

  it('give way one for one, the first ones first', () => {
    expect(chooseEvicted({ sessions: 4, running: 2, promised: ['x'] }, warm('a1', 'b1', 'a2'))).toEqual(['a1', 'b1']);
    expect(countRoom({ sessions: 4, running: 9, promised: [] }, warm('a1'))).toBe(0);
    expect(chooseEvicted({ sessions: 4, running: 9, promised: [] }, warm('a1'))).toEqual(['a1']);
  });

  it('take no place of their own when a launch of their repository is about to take them', () => {
    const observation = { sessions: 3, running: 2, promised: ['a'] };
    expect(chooseEvicted(observation, warm('a1'))).toEqual([]);
    expect(chooseEvicted(observation, warm('a1', 'b1', 'a2'))).toEqual(['a1', 'b1']);
  });

  it('are ended for a launch that needs the place of one, and only then', async () => {
    const waiting = warm('a1', 'a2');
    const running: RunningSession[] = [{ launchId: '1', canonical: 'r', startedAt: 0 }];
    const evict = async (ids: readonly string[]): Promise<void> => {
      for (const id of ids)
        waiting.splice(
          waiting.findIndex((one) => one.id === id),
          1,
        );
    };
    const admission = createTestAdmission({
      settings: { sessions: 4 },
      sessions: () => running,
      warm: { waiting: () => waiting, evict },
    });
    const enter = async (id: string) => {
      const applicant = { id, canonical: `example.org/${id}`, createdAt: 0 };
      return admission.admit(applicant, new AbortController().signal).next();
    };
    expect(await admission.room()).toBe(3);
    expect((await enter('b')).done).toBe(true);
    expect(waiting).toEqual(warm('a1', 'a2'));
    expect((await enter('c')).done).toBe(true);
    expect(waiting).toEqual(warm('a2'));
    expect((await enter('d')).done).toBe(true);
    expect(waiting).toEqual([]);
    expect((await enter('e')).value).toMatchObject({ kind: 'waiting', obstacle: 'total' });
    expect(await admission.room()).toBe(0);
  });
});
