import type { EnvironmentPlan } from '../../contracts/build-plan.ts';

const DAY_MS = 86_400_000;

/** Whether what is installed depends on when it is: a lock, a day, or nothing to install does not. */
const isOpen = ({ apt, conda, r, install, asOf }: EnvironmentPlan): boolean =>
  apt.some((one) => !one.includes('=')) ||
  (r !== undefined && r.lock === undefined) ||
  (asOf === undefined && (conda?.kind === 'solve' || install.some((step) => !step.noDependencies)));

/**
 * The number of the period that `now` (milliseconds since 1970) is in, where environments may be used for `maxAgeDays`:
 * as a part of the key it has each environment installed anew in each period. Undefined where there is no such limit.
 */
export const environmentPeriod = (plan: EnvironmentPlan, maxAgeDays: number, now: number): number | undefined =>
  maxAgeDays > 0 && isOpen(plan) ? Math.floor(now / (maxAgeDays * DAY_MS)) : undefined;
