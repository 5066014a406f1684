import { describe, expect, it } from 'vitest';
import { parseSessionLabels, renderSessionLabels } from '../../../services/launcher/sessions/session-labels.ts';
import { decide } from '../../../services/launcher/reconcile/decide.ts';
import { makeSessionSpec } from '../../support/session-spec.ts';
import { createTestAdmission } from '../../support/open-admission.ts';
import { collectEvents, createLauncher, makeLaunchRequest } from '../create-launcher.ts';

const profile = { repository: 'example.org/repository', memoryMib: 4096, idleSeconds: 60 };

describe('the limits of a profile', () => {
  it('reach the session that is started, with the name of the client', async () => {
    const admission = createTestAdmission({
      policy: () => ({ allow: [], block: [], blockClients: [], profiles: [profile] }),
    });
    const { launches, sessions } = createLauncher({ admission });
    const { id } = await launches.start({ ...makeLaunchRequest(), client: 'abc' });
    await collectEvents(launches.follow(id, 0, new AbortController().signal));
    expect(sessions.requests).toMatchObject([{ limits: { memoryMib: 4096, idleSeconds: 60 }, client: 'abc' }]);
  });

  it('are kept in the labels', () => {
    const spec = { ...makeSessionSpec(), client: 'abc', limits: { memoryMib: 4096, cpus: 0.5 } };
    expect(parseSessionLabels(renderSessionLabels(spec, 'here'), spec.image)).toEqual(spec);
  });

  it('decide when the session is idle', () => {
    const spec = { ...makeSessionSpec(), limits: { idleSeconds: 60 } };
    const observe = (now: number) =>
      decide({
        sessions: [{ spec, startedAt: 0, state: { kind: 'running', address: { host: '127.0.0.1', port: 1 } } }],
        lastActivity: new Map([[spec.id, 0]]),
        recorded: new Set(),
        overDisk: new Set(),
        isBlocked: () => false,
        limits: { idleSeconds: 1200, maxAgeSeconds: 21_600 },
        now,
      });
    expect(observe(59_999)).toEqual([]);
    expect(observe(60_000)).toMatchObject([{ kind: 'end', code: 'SESSION_IDLE' }]);
  });
});
