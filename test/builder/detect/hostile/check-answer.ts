import { posix } from 'node:path';
import { Compile } from 'typebox/compile';
import { expect } from 'vitest';
import { detect } from '../../../../services/builder/detect/detect.ts';
import {
  needsEnvironmentBuild,
  renderEnvironmentDockerfile,
} from '../../../../services/builder/dockerfile/environment-dockerfile.ts';
import { renderDevcontainerDockerfile } from '../../../../services/builder/dockerfile/devcontainer-dockerfile.ts';
import { renderCommitDockerfile } from '../../../../services/builder/dockerfile/commit-dockerfile.ts';
import { readDockerIgnore } from '../../../../services/builder/image/docker-ignore.ts';
import { makePlan } from '../../../../services/builder/plan/make-plan.ts';
import {
  BuildPlan,
  type DevcontainerPlan,
  type EnvironmentPlan,
  type StagedFile,
} from '../../../../services/contracts/build-plan.ts';
import { SlipwayError } from '../../../../services/contracts/slipway-error.ts';
import { createMemoryRepositoryFiles, type RepositoryTable } from '../../../support/memory-repository-files.ts';
import { neutraliseAll, readSkeleton } from './dockerfile-skeleton.ts';

const OPTIONS = {
  pythons: ['3.13', '3.11'],
  defaultPython: '3.13',
  rRepository: 'https://cran.example.org/{date}',
  nixpkgs: 'https://nix.example.org/nixpkgs.tar.xz',
};
const NETWORK = { caBundle: true, index: true, packageCache: 'slipway', juliaMirror: 'https://julia.example.org' };

const plans = Compile(BuildPlan);

/** The name of a cache of conda packages has a hash in it, which says nothing. */
const withoutHash = (dockerfile: string): string =>
  dockerfile.replaceAll(/\bid=slipway-conda-[0-9a-f]{16}\b/g, 'id=conda');

const render = (plan: EnvironmentPlan): readonly (readonly string[])[] => {
  const environment = (): string => renderEnvironmentDockerfile(plan, { ...NETWORK, base: 'base' });
  return [
    ...(needsEnvironmentBuild(plan) ? readSkeleton(withoutHash(environment())) : []),
    ...readSkeleton(renderCommitDockerfile(plan, { ...NETWORK, environment: 'environment' })),
  ];
};

/** Options that a line of a staged file may begin with. */
const OPTION =
  /^(?:-e |--(?:requirement|constraint|index-url|extra-index-url|find-links|no-binary|only-binary) |--(?:no-index|require-hashes)$)/;

const checkStaged = ({ path, text }: StagedFile): void => {
  expect(posix.normalize(path)).toBe(path);
  expect(path).not.toMatch(/^(?:\/|\.\.(?:\/|$))|\0/);
  expect(text.split('\n').filter((line) => line.startsWith('-') && !OPTION.test(line))).toEqual([]);
};

const renderDevcontainer = (plan: DevcontainerPlan): readonly (readonly string[])[] => {
  const from = plan.from.kind === 'image' ? plan.from.image : 'devcontainer';
  return readSkeleton(renderDevcontainerDockerfile(plan, { ...NETWORK, from, base: 'base' }));
};

/** The image is one word of the Dockerfile, and each word of a command one of the script, whatever is in it. */
const checkDevcontainer = (plan: DevcontainerPlan): void => {
  expect(renderDevcontainer(plan)).toEqual(renderDevcontainer(neutraliseAll(plan)));
  const words = plan.commands.flatMap((one) => readSkeleton(one.replaceAll('\n', ' '))).flat();
  expect(words.filter((word) => word.includes('‹') || word === 'an open quote')).toEqual([]);
};

const checkPlan = (plan: BuildPlan): void => {
  if (!plans.Check(plan)) expect([...plans.Errors(plan)]).toEqual([]);
  if (plan.kind === 'dockerfile') return;
  if (plan.kind === 'devcontainer') {
    checkDevcontainer(plan);
    return;
  }
  const rendered = render(plan);
  // The texts of the files are in no Dockerfile, but decide whether all packages may be wheels.
  const expected = render({ ...neutraliseAll(plan), files: plan.files });
  if (JSON.stringify(rendered) !== JSON.stringify(expected)) expect(rendered).toEqual(expected);
  for (const file of plan.files) checkStaged(file);
  for (const step of plan.after) if (step.kind === 'local-packages') step.files.forEach(checkStaged);
};

/** The code of what a repository is refused for. Anything else that is thrown, or a message of several lines, fails. */
const readRefusal = (thrown: unknown): string => {
  if (!(thrown instanceof SlipwayError) || !/^(?:DETECT|PLAN)_/.test(thrown.code)) throw thrown;
  expect(thrown.message).toMatch(/^[^\n\0]+$/);
  return thrown.code;
};

/**
 * Asks for the plan of a repository. Gives its kind, or the code of a refusal. Fails when anything else happens: an
 * error without a code, a plan of another shape, a Dockerfile in which a text of the repository became an instruction,
 * a command, an option or a path to somewhere else.
 */
export const checkAnswer = (table: RepositoryTable): string => {
  const files = createMemoryRepositoryFiles(table);
  let plan: BuildPlan;
  try {
    plan = makePlan(detect(files, OPTIONS));
    if (plan.kind === 'dockerfile') readDockerIgnore(files, plan.file)?.isExcluded('a/b');
  } catch (error) {
    return readRefusal(error);
  }
  checkPlan(plan);
  return plan.kind;
};
