import { Type, type Static } from 'typebox';
import type { ErrorCode } from './errors.ts';
import { ERRORS } from './errors.ts';
import { SessionLimits } from './policy.ts';

/** What a session is started for; kept in the labels of its container. */
export const SessionSpec = Type.Object({
  id: Type.String({ pattern: '^[a-z0-9]{26}$', description: 'Unguessable: 130 random bits in base 32.' }),
  launchId: Type.String(),
  image: Type.String(),
  canonical: Type.String(),
  repoUrl: Type.String(),
  refUrl: Type.String(),
  request: Type.String({ description: 'As binder_request: v2/<provider>/<spec>.' }),
  persistentRequest: Type.String(),
  client: Type.Optional(Type.String({ description: 'Who started it: a keyed hash of the network, never an address.' })),
  limits: Type.Optional(SessionLimits),
  launchHost: Type.Optional(Type.String({ description: 'As binder_launch_host; told to the session.' })),
});
export type SessionSpec = Static<typeof SessionSpec>;

/** Why a session is over. */
export const SessionEnd = Type.Object({
  code: Type.Unsafe<ErrorCode>(Type.String({ enum: Object.keys(ERRORS) })),
  at: Type.Integer(),
  log: Type.Optional(Type.String({ description: 'The last lines of its log.' })),
});
export type SessionEnd = Static<typeof SessionEnd>;

/** Where a running session is reached; only ever what the runtime itself said. */
export type SessionAddress = { readonly host: string; readonly port: number };

/** A session as the runtime sees it: what it was started for, and how it is now. */
export type Session = {
  readonly spec: SessionSpec;
  readonly startedAt: number;
  readonly state:
    | { readonly kind: 'running'; readonly address: SessionAddress }
    | { readonly kind: 'ended'; readonly end: SessionEnd };
};
