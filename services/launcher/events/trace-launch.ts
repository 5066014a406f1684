import type { LaunchEvent } from '../../contracts/launch-event.ts';
import type { Tracer } from '../../platform/tracing.ts';
import type { LaunchRecord } from './event-log.ts';
import { createPhaseWatch, type Phase } from './phase-watch.ts';

/**
 * Makes the observer of one launch, which tells a tracer of it: one span for the launch, one below it for each phase.
 * Attributes name the provider and the error code: neither the repository nor the id, which opens the session.
 */
export const createLaunchTrace = (tracer: Tracer, launch: Pick<LaunchRecord, 'createdAt' | 'request'>) => {
  const phases: Phase[] = [];
  const watch = createPhaseWatch(launch.createdAt, (phase) => void phases.push(phase));
  return (event: LaunchEvent): void => {
    watch(event);
    if (event.phase !== 'ready' && event.phase !== 'failed') return;
    const error = event.phase === 'failed' ? event.code : undefined;
    tracer.record({
      name: 'launch',
      from: launch.createdAt,
      to: event.at,
      attributes: { 'slipway.provider': launch.request.repo.provider },
      ...(error === undefined ? {} : { error }),
      children: phases.map(({ name, from, to, failed }) => ({
        name: `launch.${name}`,
        from,
        to,
        ...(failed && error !== undefined ? { error } : {}),
      })),
    });
  };
};
