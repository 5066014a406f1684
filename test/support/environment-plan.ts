import type { EnvironmentPlan } from '../../services/contracts/build-plan.ts';

/** The plan of a repository that asks for nothing. */
export const EMPTY_PLAN: EnvironmentPlan = {
  kind: 'environment',
  recipe: '1',
  python: '3.13',
  evidence: [],
  apt: [],
  install: [],
  files: [],
  crlf: [],
  after: [],
};
