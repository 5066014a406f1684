import type { Ticket } from './decide-admission.ts';

/** A launch in the queue; an admitted one stays until it is over, so that its session is reserved. */
export type QueuedLaunch = Ticket & { readonly isAdmitted: boolean };

/**
 * The launches that wait for a session or have been promised one. Promises: `enter` for a launch that is there
 * changes nothing; `settle` shows all launches and admits those that `choose` names in one step, so that no two
 * callers give away the same place; `leave` for a launch that is not there succeeds. What a killed process had in
 * the queue is not in it any more when the next one enters its launches again.
 */
export interface AdmissionQueue {
  enter(ticket: Ticket): Promise<void>;
  settle(choose: (launches: readonly QueuedLaunch[]) => readonly string[]): Promise<void>;
  leave(id: string): Promise<void>;
}
