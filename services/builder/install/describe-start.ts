import { createHash } from 'node:crypto';
import type { EnvironmentPlan } from '../../contracts/build-plan.ts';
import { LABELS } from '../../contracts/labels.ts';
import type { EnvironmentBase } from '../plan/make-environment-key.ts';
import type { Requirements } from './choose-start.ts';
import { isOfWheels, readLines } from './is-of-wheels.ts';

type Labels = Readonly<Record<string, string>>;

/** An environment that others may start from, or that may start from another. */
export type StartFacts = {
  /** Hash of all that must be equal in both. */
  readonly family: string;
  readonly requirements: Requirements;
};

/** The engine takes labels in the address of a request. */
const MOST_CHARACTERS = 4096;

/** Hashes of files, and includes of other files, are not compared. */
const isNameOnly = (line: string): boolean => !/(?:^|\s)-/.test(line);

const readRequirements = ({ install: [step], files: [file, ...others] }: EnvironmentPlan): Requirements | undefined => {
  if (step?.noDependencies || file === undefined || others.length > 0) return undefined;
  const lines = readLines(file.text);
  const isShort = JSON.stringify(lines).length <= MOST_CHARACTERS;
  return isShort && lines.every(isNameOnly) ? [...new Set(lines)] : undefined;
};

/**
 * What decides where the installation of a plan may start; undefined where it must be the base: only wheels of the
 * operator's index are known to end up the same. Pure.
 */
export const describeStart = (plan: EnvironmentPlan, base: EnvironmentBase): StartFacts | undefined => {
  const requirements = readRequirements(plan);
  if (!isOfWheels(plan) || plan.apt.length > 0 || plan.variables !== undefined) return undefined;
  if (requirements === undefined) return undefined;
  const asked = plan.install.map(({ prerelease, checksServer = false }) => [prerelease, checksServer]);
  const { recipe, python, asOf = null } = plan;
  const equal = [recipe, base.key, base.platform, base.period ?? null, python, asOf, asked];
  return { family: createHash('sha256').update(JSON.stringify(equal)).digest('hex').slice(0, 32), requirements };
};

/** The labels by which an environment is found as a start; `depth` is how many it is above one that was made on the base. */
export const startLabels = ({ family, requirements }: StartFacts, depth: number): Labels => ({
  [LABELS.family]: family,
  [LABELS.requirements]: JSON.stringify(requirements),
  [LABELS.depth]: String(depth),
});
