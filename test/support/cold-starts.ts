import { createStartPace } from '../../services/launcher/sessions/start-pace.ts';
import { systemClock } from '../../services/platform/clock.ts';

/** A pace at which so many start at a time and processors never idle. */
export const createBusyPace = (atOnce: number, clock = systemClock) =>
  createStartPace({ atOnce, processors: { idlePart: () => 0 }, clock });

/** What a session service needs when no session waits for anybody. */
export const cold = { pace: createBusyPace(10), pool: { claim: async () => undefined } };
