import { createHash } from 'node:crypto';
import type { CondaStep, EnvironmentPlan } from '../../contracts/build-plan.ts';

export type EnvironmentBase = {
  readonly digest: string;
  /** Operating system and architecture, such as linux/amd64. */
  readonly platform: string;
};

const KEY_LENGTH = 32;

/** A locked list is one of the files; where a package is asked for makes no difference. */
const condaInputs = (conda: CondaStep): readonly unknown[] =>
  conda.kind === 'locked'
    ? [conda.kind, conda.file, conda.platform]
    : [conda.channels, conda.specs.map(({ text }) => text)];

const byName = (variables: Readonly<Record<string, string>>) =>
  Object.entries(variables).toSorted(([a], [b]) => (a < b ? -1 : 1));

/**
 * Names an environment image by exactly what its build reads: equal keys mean that one image serves for both. JSON
 * of arrays in a fixed order is the encoding, so that no value can run into its neighbour.
 */
export const makeEnvironmentKey = (plan: EnvironmentPlan, base: EnvironmentBase): string => {
  const inputs = [
    plan.recipe,
    base.digest,
    base.platform,
    plan.python,
    plan.apt,
    plan.install.map(({ kind, file, prerelease, ownIndex, noDependencies }) => [
      kind,
      file,
      prerelease,
      ownIndex,
      ...(noDependencies ? ['no-dependencies'] : []),
    ]),
    plan.files.map(({ path, text }) => [path, text]),
    ...(plan.asOf === undefined ? [] : [plan.asOf]),
    ...(plan.conda === undefined ? [] : [['conda', ...condaInputs(plan.conda)]]),
    ...(plan.variables === undefined ? [] : [['variables', byName(plan.variables)]]),
  ];
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, KEY_LENGTH);
};
