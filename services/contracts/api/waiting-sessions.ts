import { Type, type Static } from 'typebox';

const MOST_SECONDS = 7 * 24 * 3600;
/** How long sessions are held where nothing else is asked for. */
export const DEFAULT_HOLD_SECONDS = 4 * 3600;

const repository = {
  provider: Type.String({ minLength: 1, maxLength: 50, description: 'The provider prefix: gh, git, …' }),
  spec: Type.String({ minLength: 1, maxLength: 2000, description: 'The rest of a launch link: OWNER/REPOSITORY/REF.' }),
};

const count = Type.Integer({ minimum: 1, maximum: 1000, description: 'How many sessions wait.' });

/** What an operator asks for, before a class begins. */
export const HoldSessions = Type.Object(
  {
    ...repository,
    count,
    seconds: Type.Optional(
      Type.Integer({
        minimum: 60,
        maximum: MOST_SECONDS,
        default: DEFAULT_HOLD_SECONDS,
        description: 'For how long, from now; four hours unless given, a week at most.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type HoldSessions = Static<typeof HoldSessions>;

/** So many sessions of a repository are to wait until then. */
export const PoolDemand = Type.Object({
  name: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,63}$', description: 'Chosen by whoever asks.' }),
  ...repository,
  count,
  until: Type.Integer({ description: 'Milliseconds since 1970.' }),
});
export type PoolDemand = Static<typeof PoolDemand>;

export const WaitingSessions = Type.Object({
  waiting: Type.Integer({ description: 'How many sessions wait now, whatever asked for them.' }),
  demands: Type.Array(PoolDemand),
});
export type WaitingSessions = Static<typeof WaitingSessions>;
