import type { Builder } from '../../builder/main.ts';
import { runWorker } from '../../builder/worker.ts';
import type { Stores } from '../../launcher/stores.ts';
import { systemClock } from '../../platform/clock.ts';
import { reportToTerminal as report } from '../report.ts';
import { keepSwept } from './keep-swept.ts';
import type { Ground } from './prepare.ts';

/** Makes the base image, and takes away what a killed builder left. */
export const prepareBuilds = async ({ builder, logger }: Ground, signal: AbortSignal): Promise<void> => {
  if (!builder.limitsSteps)
    logger.warn(
      'build.memoryMib, build.cpus and build.pids are not in force: they need root on the machine of the engine',
    );
  const lines = builder.ensureBase(signal);
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) report(`  ${next.value}`);
  await builder.sweep();
};

/** Takes builds and keeps the disk of the engine in order, until the signal is aborted. */
export const serveBuilds = async (ground: Ground, stores: Stores, signal: AbortSignal): Promise<void> => {
  const { settings, builder, logger } = ground;
  const worker = {
    jobs: stores.builds,
    build: (...job: Parameters<Builder['build']>) => builder.build(...job),
    concurrency: settings.build.concurrency,
    clock: systemClock,
    logger,
  };
  const housekeeper = builder.createHousekeeper({ lastLaunches: () => stores.lastLaunches(), logger });
  const sweeping = keepSwept({ builder, clock: systemClock, logger }, signal);
  await Promise.all([runWorker(worker, signal), housekeeper.run(signal), sweeping]);
};
