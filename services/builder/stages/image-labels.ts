import type { BuildPlan } from '../../contracts/build-plan.ts';
import { LABELS } from '../../contracts/labels.ts';
import { RECIPE } from '../../contracts/recipe.ts';
import type { Build } from './build.ts';
import { hideInData } from '../image/hide-values.ts';

export type Labels = Readonly<Record<string, string>>;

/** The engine takes labels in the address of a request; beyond this the texts of the files stay out. */
const MAX_PLAN = 64 * 1024;

const withoutTexts = (plan: BuildPlan): BuildPlan => {
  if (plan.kind !== 'environment') return plan;
  const after = plan.after.map((step) => ('files' in step ? { ...step, files: [] } : step));
  return { ...plan, files: [], after };
};

const renderPlan = (plan: BuildPlan): string | undefined =>
  [plan, withoutTexts(plan)].map((one) => JSON.stringify(one)).find((text) => text.length <= MAX_PLAN);

/** What is known of the environment of a commit's image. */
export type EnvironmentRecord = {
  readonly key: string;
  readonly lock?: string | undefined;
  readonly wish?: string | undefined;
};

const describeEnvironment = ({ key, lock, wish }: EnvironmentRecord): Labels => ({
  [LABELS.environmentKey]: key,
  ...(lock === undefined ? {} : { [LABELS.lock]: lock }),
  ...(wish === undefined ? {} : { [LABELS.wish]: wish }),
});

/** The record of a commit's image: what it is of, and how it was made. */
export const makeCommitLabels = (
  { request: { repository }, hide }: Pick<Build, 'request' | 'hide'>,
  plan: BuildPlan,
  environment?: EnvironmentRecord,
): Labels => {
  const text = renderPlan(hideInData(plan, hide));
  return {
    [LABELS.kind]: 'commit',
    [LABELS.canonical]: repository.canonical,
    [LABELS.commit]: repository.commit,
    [LABELS.repoUrl]: repository.repoUrl,
    [LABELS.refUrl]: repository.refUrl,
    [LABELS.recipe]: RECIPE,
    // What an image is made from, by a Dockerfile of the repository, may have this label too, and it would be inherited.
    [LABELS.waitsIn]: '',
    ...(environment === undefined ? {} : describeEnvironment(environment)),
    ...(text === undefined ? {} : { [LABELS.plan]: text }),
  };
};

/** The record of an environment image: it belongs to no repository. */
export const makeEnvironmentLabels = (environmentKey: string, python: string, start: Labels = {}): Labels => ({
  ...start,
  [LABELS.kind]: 'environment',
  [LABELS.environmentKey]: environmentKey,
  [LABELS.python]: python,
  [LABELS.recipe]: RECIPE,
});
