import type { AdmissionQueue, QueuedLaunch } from './admission-queue.ts';

/** The queue of one process. It dies with it: the launches that go on afterwards enter again, in their old order. */
export const createMemoryAdmissionQueue = (): AdmissionQueue => {
  const launches = new Map<string, QueuedLaunch>();
  let round = 0;
  const admit = (ids: readonly string[]): void => {
    for (const id of ids) {
      const launch = launches.get(id);
      if (launch !== undefined) launches.set(id, { ...launch, isAdmitted: true });
    }
    round += 1;
  };
  return {
    enter: async (ticket) => {
      if (!launches.has(ticket.id)) launches.set(ticket.id, { ...ticket, isAdmitted: false });
    },
    settle: async (choose) => {
      for (;;) {
        const seen = round;
        const chosen = await choose([...launches.values()]);
        if (chosen.length === 0) return;
        if (round === seen) return admit(chosen);
      }
    },
    leave: async (id) => void launches.delete(id),
    onChange: () => undefined,
  };
};
