import { describe } from 'vitest';
import { sessionRuntimeContract } from '../../conformance/session-runtime.ts';
import { createFakeSessionRuntime, MISSING_IMAGE } from '../../support/fake-session-runtime.ts';

describe('the fake session runtime', () => {
  sessionRuntimeContract({
    create: async () => {
      const runtime = createFakeSessionRuntime();
      return {
        runtime,
        image: 'example:1',
        missingImage: MISSING_IMAGE,
        exit: async (id) => runtime.end(id, { code: 'SESSION_EXITED', at: Date.now(), log: 'hello\n' }),
        [Symbol.asyncDispose]: async () => undefined,
      };
    },
    skip: { neighbour: 'the fake has no engine to share', reopen: 'the fake lives in one process' },
  });
});
