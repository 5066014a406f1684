import type { Ticket } from './decide-admission.ts';

/** A launch in the queue; an admitted one stays until it is over, so that its session is reserved. */
export type QueuedLaunch = Ticket & { readonly isAdmitted: boolean };

/** Names the launches to admit, by id, of all that are in the queue. */
export type ChooseLaunches = (launches: readonly QueuedLaunch[]) => Promise<readonly string[]>;

/**
 * The launches that wait for a session or have been promised one, of all processes. Promises: `enter` for a launch that
 * is there makes it this process's and changes nothing else; `settle` shows all launches and admits those that `choose`
 * names, but only if nobody was admitted meanwhile: then it asks again, so that no two callers give away the same
 * place; `leave` for a launch that is not there, or is another process's, changes nothing. The launches of a process
 * that was killed leave by themselves.
 */
export interface AdmissionQueue {
  enter(ticket: Ticket): Promise<void>;
  settle(choose: ChooseLaunches): Promise<void>;
  leave(id: string): Promise<void>;
  /** Tells of what other processes changed; it may also tell of what this one did. */
  onChange(listener: () => void): void;
}
