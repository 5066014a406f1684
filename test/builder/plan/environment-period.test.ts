import { describe, expect, it } from 'vitest';
import { environmentPeriod } from '../../../services/builder/plan/environment-period.ts';
import type { EnvironmentPlan } from '../../../services/contracts/build-plan.ts';
import { EMPTY_PLAN } from '../../support/environment-plan.ts';

const DAY = 86_400_000;
const INSTALL = { kind: 'requirements', file: 'r.txt', prerelease: false, ownIndex: false } as const;
const PLAN: EnvironmentPlan = {
  ...EMPTY_PLAN,
  install: [INSTALL],
};

describe('the period of an environment (case 25)', () => {
  it('changes after the greatest age, and not before', () => {
    expect(environmentPeriod(PLAN, 7, 70 * DAY)).toBe(10);
    expect(environmentPeriod(PLAN, 7, 77 * DAY - 1)).toBe(10);
    expect(environmentPeriod(PLAN, 7, 77 * DAY)).toBe(11);
  });

  it('is none without a greatest age, for a day, for a lock, and where nothing is installed', () => {
    expect(environmentPeriod(PLAN, 0, 70 * DAY)).toBeUndefined();
    expect(environmentPeriod({ ...PLAN, asOf: '2024-01-10' }, 7, 70 * DAY)).toBeUndefined();
    const locked = { ...PLAN, install: [{ ...INSTALL, noDependencies: true }] };
    expect(environmentPeriod(locked, 7, 70 * DAY)).toBeUndefined();
    expect(environmentPeriod({ ...PLAN, install: [] }, 7, 70 * DAY)).toBeUndefined();
    expect(environmentPeriod({ ...PLAN, install: [], apt: ['tree=2.2-1'] }, 7, 70 * DAY)).toBeUndefined();
    expect(environmentPeriod({ ...PLAN, install: [], apt: ['tree'] }, 7, 70 * DAY)).toBe(10);
  });
});
