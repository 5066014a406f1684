import type { AdmissionQueue, QueuedLaunch } from './admission-queue.ts';

/** The queue of one process. It dies with it: the launches that go on afterwards enter again, in their old order. */
export const createMemoryAdmissionQueue = (): AdmissionQueue => {
  const launches = new Map<string, QueuedLaunch>();
  return {
    enter: async (ticket) => {
      if (!launches.has(ticket.id)) launches.set(ticket.id, { ...ticket, isAdmitted: false });
    },
    settle: async (choose) => {
      for (const id of choose([...launches.values()])) {
        const launch = launches.get(id);
        if (launch !== undefined) launches.set(id, { ...launch, isAdmitted: true });
      }
    },
    leave: async (id) => void launches.delete(id),
  };
};
