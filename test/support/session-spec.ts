import type { SessionSpec } from '../../services/contracts/session.ts';
import { createSessionId } from '../../services/launcher/sessions/session-id.ts';

/** A session to start, with a fresh id. */
export const makeSessionSpec = (changes: Partial<SessionSpec> = {}): SessionSpec => ({
  id: createSessionId(),
  launchId: 'launch-1',
  image: 'slipway/example:1',
  canonical: 'example.org/team/repository',
  repoUrl: 'https://example.org/team/repository',
  refUrl: 'https://example.org/team/repository/tree/0123',
  request: 'v2/git/https%3A%2F%2Fexample.org%2Fteam%2Frepository/HEAD',
  persistentRequest: 'v2/git/https%3A%2F%2Fexample.org%2Fteam%2Frepository/0123',
  launchHost: 'http://127.0.0.1:8080/',
  ...changes,
});
