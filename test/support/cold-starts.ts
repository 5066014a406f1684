import { createStartPace } from '../../services/launcher/sessions/start-pace.ts';

/** What a session service needs when no session waits for anybody. */
export const cold = { pace: createStartPace(), pool: { claim: async () => undefined } };
