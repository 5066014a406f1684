import type { Session, SessionAddress, SessionSpec } from '../../contracts/session.ts';
import type { StartOptions } from '../sessions/session-runtime.ts';

/** One that waits; it is ready when it was settled. */
export type WaitingSession = Session & { readonly isReady: boolean };

/**
 * Runs sessions that nobody has yet. Promises: the session runtime does not see them before they are claimed;
 * `list` is the truth, also after a restart; of several who claim or discard the same one at the same time exactly one
 * succeeds, also in other processes; from then on a claimed one is a session of the runtime, with the spec that it
 * was claimed with. Throws as the session runtime does.
 */
export interface WarmRuntime {
  /**
   * The image in which sessions for this one wait: that of its environment, where its content is small and can be added
   * when one is claimed; else the image itself.
   */
  placeOf(image: string): Promise<string>;
  /** `spec` says what the session is told about its repository; its launch is nobody's. */
  start(options: StartOptions, signal: AbortSignal): Promise<SessionAddress>;
  /** It answers: gives it the limits of a session. Safe to repeat. */
  settle(id: string): Promise<void>;
  list(): Promise<readonly WaitingSession[]>;
  /**
   * Makes the waiting session of this id the session of `spec`, with the content of its image where it waited in the
   * image `place` without; false when it is not there any more. Nothing of it is left when this throws.
   */
  claim(spec: SessionSpec, place: string): Promise<boolean>;
  /** Removes one that nobody claimed; safe to repeat. */
  discard(id: string): Promise<void>;
}
