import { Type, type Static } from 'typebox';

/** What a session may use, where it is not what the settings say for all. */
export const SessionLimits = Type.Object({
  memoryMib: Type.Optional(Type.Integer({ minimum: 64, description: 'Memory of the session.' })),
  cpus: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'CPU cores of the session.' })),
  idleSeconds: Type.Optional(Type.Integer({ minimum: 1, description: 'How long it may be unused.' })),
  maxAgeSeconds: Type.Optional(Type.Integer({ minimum: 1, description: 'How long it may live.' })),
});
export type SessionLimits = Static<typeof SessionLimits>;

const exact = { additionalProperties: false };

const Pattern = Type.String({
  pattern: '^[^\\s?#@]+$',
  description:
    'A repository, an owner or a host, and all that is below it: github.com/owner/repo. * is any part of a name, ** any names.',
});
const reason = Type.Optional(Type.String({ description: 'Shown to those who are refused.' }));

const Profile = Type.Object(
  {
    repository: Pattern,
    ...SessionLimits.properties,
    sessions: Type.Optional(Type.Integer({ minimum: 0, description: 'Sessions at the same time. 0: any number.' })),
  },
  exact,
);

/** Who may launch what, and with which limits: the file that admission.policyFile names. */
export const Policy = Type.Object(
  {
    allow: Type.Array(Pattern, { default: [], description: 'Nothing else may be launched. Empty: everything.' }),
    block: Type.Array(Type.Object({ repository: Pattern, reason }, exact), { default: [] }),
    blockClients: Type.Array(
      Type.Object(
        {
          network: Type.String({ pattern: '^[0-9a-fA-F.:]+(/\\d{1,3})?$', description: 'An address or CIDR.' }),
          reason,
        },
        exact,
      ),
      { default: [] },
    ),
    profiles: Type.Array(Profile, { default: [], description: 'All that fit are merged, the last one wins.' }),
  },
  exact,
);
export type Policy = Static<typeof Policy>;
