import { createHash } from 'node:crypto';
import type { EnvironmentPlan, RStep } from '../../contracts/build-plan.ts';

export type EnvironmentBase = {
  readonly digest: string;
  /** Operating system and architecture, such as linux/amd64. */
  readonly platform: string;
};

const KEY_LENGTH = 32;

const describeR = ({ version, repository, prefersDebian, packages, lock }: RStep): readonly unknown[] => [
  version,
  repository,
  prefersDebian,
  packages.map(({ name, atLeast = null }) => [name, atLeast]),
  lock ?? null,
];

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
    ...(plan.conda === undefined ? [] : [['conda', plan.conda.channels, plan.conda.specs]]),
    ...(plan.r === undefined ? [] : [['r', ...describeR(plan.r)]]),
    ...(plan.julia === undefined ? [] : [['julia', plan.julia.version, plan.julia.directory]]),
  ];
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, KEY_LENGTH);
};
