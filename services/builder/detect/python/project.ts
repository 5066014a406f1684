import type { Evidence } from '../../../contracts/build-plan.ts';
import { findConfigFile } from '../config-file.ts';
import { createDetectError } from '../detect-error.ts';
import type { ProjectInstall, RequirementSet } from '../detection.ts';
import type { RepositoryFiles } from '../repository-files.ts';
import { freeName } from './generated-lines.ts';
import {
  hasStaticDependencies,
  pythonWishOf,
  readProjectDependencies,
  readPyproject,
  type Pyproject,
} from './pyproject-toml.ts';
import type { PythonWish } from './python-version.ts';

/** The repository itself as something to install. */
export type Project = {
  readonly wish?: PythonWish;
  /** What it depends on, where its files say so. */
  readonly dependencies?: RequirementSet;
  /** How it is installed after the content; absent when it is no package. */
  readonly install?: ProjectInstall;
  readonly evidence: readonly Evidence[];
};

/** What in pyproject.toml makes the directory a package that a build can make. */
const isPackage = ({ data }: Pyproject, hasSetup: boolean): boolean => {
  const { project, tool } = data;
  if (tool?.uv?.package !== undefined) return tool.uv.package;
  if (tool?.poetry?.['package-mode'] === false) return false;
  if (hasSetup) return true;
  if (data['build-system'] === undefined) return false;
  return project !== undefined || tool?.poetry?.name !== undefined;
};

const describe = (
  install: ProjectInstall | undefined,
  dependencies: RequirementSet | undefined,
  isLocked: boolean,
): string => {
  if (isLocked) return install === undefined ? 'the lock says what it needs' : 'the repository is a package';
  if (install === undefined) return 'it names Python packages below [project]; without [build-system] it is no package';
  if (install.withDependencies) return 'the repository is a package, whose build says what it needs';
  return dependencies === undefined
    ? 'the repository is a package'
    : 'the repository is a package, which needs the packages below [project]';
};

const unreadable = (file: string) =>
  createDetectError('DETECT_PROJECT_INVALID', {
    file,
    problem: 'what [project] needs cannot be read: it is dynamic, or [tool.uv.sources] replaces packages.',
    hint: 'Commit uv.lock, which says what is installed, or use requirements.txt.',
  });

/**
 * Finds out whether the top of a repository is a Python project: setup.py, pyproject.toml with [project], or with
 * [build-system] and setup.cfg or Poetry's table. With a lock the dependencies are the lock's matter. Throws DETECT_PROJECT_INVALID with file and line.
 */
export const readProject = (files: RepositoryFiles, isLocked: boolean): Project | undefined => {
  const pyproject = readPyproject(files, '');
  const setup = findConfigFile(files, '', 'setup.py');
  const setupCfg = pyproject?.data['build-system'] === undefined ? undefined : findConfigFile(files, '', 'setup.cfg');
  const installable =
    pyproject === undefined ? setup !== undefined : isPackage(pyproject, (setup ?? setupCfg) !== undefined);
  if (!installable && pyproject?.data.project === undefined) return undefined;
  const isStatic = pyproject !== undefined && hasStaticDependencies(pyproject);
  if (!installable && !isStatic && !isLocked) throw unreadable(pyproject?.file ?? '');
  const dependencies = isStatic && !isLocked ? readProjectDependencies(files, pyproject) : undefined;
  const install = installable
    ? { file: freeName(files, 'project.txt'), withDependencies: !isStatic && !isLocked }
    : undefined;
  const wish = pyproject === undefined ? undefined : pythonWishOf(pyproject);
  const because = describe(install, dependencies, isLocked);
  const main = pyproject?.file ?? setup ?? '';
  const beside = [setup, setupCfg].filter((file) => file !== undefined && file !== main);
  return {
    ...(wish === undefined ? {} : { wish }),
    ...(dependencies === undefined ? {} : { dependencies }),
    ...(install === undefined ? {} : { install }),
    evidence: [
      { file: main, used: true, because },
      ...(installable
        ? beside.map((file) => ({ file: file ?? '', used: true, because: 'the build of the package reads it' }))
        : []),
    ],
  };
};
