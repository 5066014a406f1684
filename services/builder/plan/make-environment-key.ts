import { createHash } from 'node:crypto';
import type { CondaStep, EnvironmentPlan, RStep } from '../../contracts/build-plan.ts';

export type EnvironmentBase = {
  /** Hash of what is installed in it. */
  readonly key: string;
  /** Operating system and architecture, such as linux/amd64. */
  readonly platform: string;
  /** The period that the environment is for, where environments have a greatest age. */
  readonly period?: number | undefined;
};

const KEY_LENGTH = 32;

/** A locked list is one of the files; where a package is asked for makes no difference. */
const condaInputs = (conda: CondaStep): readonly unknown[] =>
  conda.kind === 'locked'
    ? [conda.kind, conda.file, conda.platform]
    : [conda.channels, conda.specs.map(({ text }) => text)];

const byName = (variables: Readonly<Record<string, string>>) =>
  Object.entries(variables).toSorted(([a], [b]) => (a < b ? -1 : 1));

const describeR = ({ version, repository, prefersDebian, packages, lock }: RStep): readonly unknown[] => [
  version,
  repository,
  prefersDebian,
  packages.map(({ name, atLeast = null }) => [name, atLeast]),
  lock ?? null,
];

/** What an installation reads, as a list of which no value can run into its neighbour. */
const listInputs = (plan: EnvironmentPlan): readonly unknown[] => [
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
  ...(plan.r === undefined ? [] : [['r', ...describeR(plan.r)]]),
  ...(plan.nix === undefined ? [] : [['nix', plan.nix.nixpkgs]]),
  ...(plan.julia === undefined ? [] : [['julia', plan.julia.version, plan.julia.directory]]),
];

/**
 * The hash of what a repository asks to be installed, before the content and after it: of a plan that was made without
 * the network it stays the same for ever, so a lock can say which wish it fulfils.
 */
export const makeWishKey = (plan: EnvironmentPlan): string => {
  const late = plan.after.filter(({ kind }) => kind !== 'post-build');
  return createHash('sha256')
    .update(JSON.stringify([plan.recipe, listInputs(plan), late]))
    .digest('hex');
};

/**
 * Names an environment image by exactly what its build reads: equal keys mean that one image serves for both. JSON
 * of arrays in a fixed order is the encoding, so that no value can run into its neighbour.
 */
export const makeEnvironmentKey = (plan: EnvironmentPlan, base: EnvironmentBase): string => {
  const inputs: unknown[] = [plan.recipe, base.key, base.platform, ...listInputs(plan)];
  if (base.period !== undefined) inputs.push(['period', base.period]);
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, KEY_LENGTH);
};
