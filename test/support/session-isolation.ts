import type { SessionIsolation } from '../../services/launcher/isolation/session-isolation.ts';

/** No rules and no runtime of its own, for tests that are about something else: the flags of the container stay. */
export const openIsolation: SessionIsolation = {
  runtime: '',
  dns: [],
  egress: { ensure: () => Promise.resolve(), repair: () => Promise.resolve(false), remove: () => Promise.resolve() },
};
