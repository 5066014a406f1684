import type { Evidence } from '../../../contracts/build-plan.ts';
import { findConfigFile } from '../config-file.ts';
import type { ProjectInstall, PythonInstall } from '../detection.ts';
import { explainIncluded } from '../evidence.ts';
import { readRequirementsTxt } from '../requirements-txt.ts';
import { findPipenv } from './pipfile.ts';
import { findPylock } from './pylock-toml.ts';
import { findUvLock } from './uv-lock.ts';
import { readProject, type Project } from './project.ts';
import type { FindSource, PythonSource } from './python-source.ts';
import { choosePythonVersion, type PythonContext } from './python-version.ts';

/** What a repository asks for in the files of Python's tools. */
export type PythonEnvironment = {
  readonly python: string;
  readonly asOf?: string;
  readonly installs: readonly PythonInstall[];
  readonly project?: ProjectInstall;
  readonly evidence: readonly Evidence[];
};

const findRequirementsTxt: FindSource = ({ files, directory }) => {
  const file = findConfigFile(files, directory, 'requirements.txt');
  if (file === undefined) return undefined;
  const requirements = readRequirementsTxt(files, file);
  return {
    file,
    because: 'it names Python packages',
    project: 'whole',
    evidence: explainIncluded(requirements, file),
    read: () => ({ requirements, isExact: false }),
  };
};

/** Order matters: requirements.txt is what Binder has always read; of the locks, the one that no tool owns first. */
const SOURCES: readonly FindSource[] = [findPipenv, findRequirementsTxt, findPylock, findUvLock];

const firstSource = (context: PythonContext, finders: readonly FindSource[]): PythonSource | undefined => {
  for (const find of finders) {
    const source = find(context);
    if (source !== undefined) return source;
  }
  return undefined;
};

/** Whether the requirements ask for the repository itself, so that it is not installed once more. */
const asksForProject = ({ requirements }: PythonInstall): boolean =>
  requirements.files.some(({ lines }) =>
    lines.some((line) => line.kind === 'local' && /^(?:-e )?(?:[^@;]+ @ )?\.(?:$|[[#\s])/.test(line.text)),
  );

const installProject = (project: Project | undefined, own: PythonInstall | undefined): ProjectInstall | undefined =>
  own !== undefined && asksForProject(own) ? undefined : project?.install;

/**
 * Reads what the files of Python's tools ask for: packages from the first source that is there, then the repository
 * itself when it is a package. A binder directory holds no project, so the top's is left alone with one. Throws
 * DETECT_ errors that name file and line.
 */
export const readPython = (context: PythonContext): PythonEnvironment | undefined => {
  const source = firstSource(context, SOURCES);
  const hasProject = context.directory === '' && source?.project !== 'ignored';
  const project = hasProject ? readProject(context.files, source?.project === 'alone') : undefined;
  if (source === undefined && project === undefined) return undefined;
  const { evidence, ...chosen } = choosePythonVersion(context, source?.wish ?? project?.wish);
  const own = source?.read(chosen.python);
  const dependencies = project?.dependencies;
  const install = installProject(project, own);
  return {
    ...chosen,
    installs: [
      ...(own === undefined ? [] : [own]),
      ...(dependencies === undefined ? [] : [{ requirements: dependencies, isExact: false }]),
    ],
    ...(install === undefined ? {} : { project: install }),
    evidence: [
      ...(source === undefined ? [] : [{ file: source.file, used: true, because: source.because }]),
      ...(source?.evidence ?? []),
      ...(project?.evidence ?? []),
      ...evidence,
    ],
  };
};
