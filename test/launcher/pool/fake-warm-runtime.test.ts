import { warmRuntimeContract } from '../../conformance/warm-runtime.ts';
import { createFakeSessionRuntime } from '../../support/fake-session-runtime.ts';
import { createFakeWarmRuntime } from '../../support/fake-warm-runtime.ts';

warmRuntimeContract(async () => {
  const sessions = createFakeSessionRuntime();
  const warm = createFakeWarmRuntime(sessions, { host: '127.0.0.1', port: 9 });
  return {
    warm,
    sessions,
    reopen: () => ({ warm, sessions }),
    image: 'slipway/example:1',
    [Symbol.asyncDispose]: async () => undefined,
  };
});
