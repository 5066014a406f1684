import type { EnvironmentPlan } from '../../contracts/build-plan.ts';
import { commitEnvironment } from '../dockerfile/commit-dockerfile.ts';

/**
 * Names at the top of a repository, which is the home directory of its sessions, that Jupyter or what starts it reads: the
 * directories of `jupyter --paths`, of Python's own packages and of caches, and configuration of the working directory.
 */
const READ_AT_START = /^(\.jupyter|\.local|\.config|\.cache|\.ipython|.*_config\.(py|json))$/i;

/** Variables of an environment by which a program may find the content when it starts. */
const STEERS_START = /^(PYTHON|JUPYTER|IPYTHON|XDG_)/;

/**
 * Whether a session of this repository may start before its content is there, which is added when somebody opens it:
 * nothing of it is read before, and the image of the commit is its environment but for the content. `names` is the top
 * of the repository.
 */
export const canWaitWithoutContent = (plan: EnvironmentPlan, names: readonly string[]): boolean =>
  Object.keys(commitEnvironment(plan)).length === 0 &&
  !Object.keys(plan.variables ?? {}).some((name) => STEERS_START.test(name)) &&
  !names.some((name) => READ_AT_START.test(name));
