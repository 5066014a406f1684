import type { EnvironmentPlan } from '../../contracts/build-plan.ts';

/** A name with extras, versions, hashes and a marker: what the index has. Neither an address, nor a path, nor an option. */
const OF_AN_INDEX = /^[A-Za-z0-9][\w.-]*\s*(?:\[[^\]]*\])?[^@/\\]*$/;

const HASH = /\s--hash[= ]sha\d+:[0-9a-f]+/g;

const isOfIndex = (line: string): boolean => {
  const bare = line.replace(HASH, '');
  return OF_AN_INDEX.test(bare) && !/\s-/.test(bare);
};

/** The lines of a requirements file that are no comments. */
export const readLines = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');

/** Whether a step before the packages may run what somebody else wrote: only Debian is trusted not to. */
export const isCleanBefore = ({ r, julia, nix }: EnvironmentPlan): boolean =>
  [r, julia, nix].every((part) => part === undefined);

/**
 * Whether all that a plan installs with uv may be wheels of the operator's index. Then nothing of the packages runs while
 * they are installed. Whether the index has the wheels is seen only when they are installed. Pure.
 */
export const isOfWheels = (plan: EnvironmentPlan): boolean => {
  const { install, files, conda } = plan;
  const [step, ...more] = install;
  if (step === undefined || more.length > 0 || step.ownIndex || conda !== undefined || !isCleanBefore(plan))
    return false;
  return files.every(({ text }) =>
    readLines(text).every((line) => isOfIndex(line) || /^(?:-[rc]|--requirement|--constraint) /.test(line)),
  );
};
