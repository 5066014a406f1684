import type { Clock } from '../../platform/clock.ts';
import type { Durations } from '../admission/durations.ts';
import type { BuildJob, BuildQueue } from './build-queue.ts';

type Parts = { readonly durations: Durations; readonly clock: Clock };

const timeJob = (job: BuildJob, { durations, clock }: Parts): BuildJob => {
  const startedAt = clock.now();
  return {
    ...job,
    finish: async (result) => {
      await job.finish(result);
      if (!result.ok) return;
      const [at, { canonical }] = [clock.now(), job.request.repository];
      await durations.note({ kind: 'build', canonical, seconds: (at - startedAt) / 1000, at });
    },
  };
};

/** The same queue, which remembers how long builds took that succeeded. */
export const timeBuilds = (queue: BuildQueue, parts: Parts): BuildQueue => ({
  ...queue,
  take: async (signal) => {
    const job = await queue.take(signal);
    return job === undefined ? undefined : timeJob(job, parts);
  },
});
