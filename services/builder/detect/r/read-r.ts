import type { Evidence } from '../../../contracts/build-plan.ts';
import { findConfigFile } from '../config-file.ts';
import { decodeText } from '../decode-text.ts';
import { createDetectError } from '../detect-error.ts';
import type { RepositoryFiles } from '../repository-files.ts';
import { readScript, type Script } from '../script.ts';
import { parseDescription, type RDescription, type RNeed } from './description.ts';
import { parseRenvLock } from './renv-lock.ts';
import { listRs, mayReach, rOf } from './r-version.ts';
import { isRuntimeR, parseRuntimeR, type RuntimeR } from './runtime-r.ts';

/** R, from Debian, and what a repository asks of it. */
export type RPart = {
  /** x.y */
  readonly version: string;
  /** Address of a repository like CRAN, where {date} stands for a day or `latest`; '' for none. */
  readonly repository: string;
  /** The day (yyyy-mm-dd) whose packages are asked for. */
  readonly asOf?: string;
  readonly needs: readonly RNeed[];
  /** renv.lock, when it is restored. */
  readonly lock?: { readonly file: string; readonly text: string };
  readonly script?: Script;
  /** The file that says that the repository is a package. */
  readonly project?: string;
};

/** Whether a repository has the packages of each day. */
export const hasSnapshots = (repository: string): boolean => repository.includes('{date}');

export type RContext = {
  readonly files: RepositoryFiles;
  /** Where configuration files are looked for. */
  readonly directory: string;
  /** Offered Python versions, whose bases have the versions of R. */
  readonly pythons: readonly string[];
  readonly defaultPython: string;
  /** The operator's repository like CRAN, where {date} stands for a day or `latest`; '' for none. */
  readonly rRepository?: string;
};

export type RFound = {
  readonly r: RPart;
  /** The Python versions whose bases have that R. */
  readonly pythons: readonly string[];
  /** Whether R is named, and does not only follow from what its packages need. */
  readonly isAsked: boolean;
  readonly evidence: readonly Evidence[];
};

type Project = { readonly file: string; readonly description: RDescription };
type Lock = { readonly file: string; readonly text: string; readonly r?: string; readonly count: number };
type Found = {
  readonly runtime?: RuntimeR & { readonly file: string };
  readonly script?: string;
  readonly project?: Project;
  readonly lock?: Lock;
};

const use = (file: string, because: string): Evidence => ({ file, used: true, because });
const leave = (file: string, because: string): Evidence => ({ file, used: false, because });

const readText = ({ files }: RContext, file: string): string =>
  decodeText(files.read(file), { file, otherwise: 'latin1' });

const findRuntime = (context: RContext): Found['runtime'] => {
  const file = findConfigFile(context.files, context.directory, 'runtime.txt');
  if (file === undefined) return undefined;
  const line = readText(context, file).trim();
  return isRuntimeR(line) ? { file, ...parseRuntimeR(line, { ...context, file }) } : undefined;
};

/** As with packages of Python, a binder directory holds no project. */
const findProject = (context: RContext): Project | undefined => {
  const file = context.directory === '' ? findConfigFile(context.files, '', 'DESCRIPTION') : undefined;
  const description = file === undefined ? undefined : parseDescription(readText(context, file), file);
  return file === undefined || description === undefined ? undefined : { file, description };
};

const findLock = (context: RContext): Lock | undefined => {
  const file = findConfigFile(context.files, context.directory, 'renv.lock');
  if (file === undefined) return undefined;
  const text = readText(context, file);
  return { file, text, ...parseRenvLock(text, file) };
};

/** The R of runtime.txt, else one that the package and the lock were made for, the default's where that will do. */
const chooseR = ({ runtime, project, lock }: Found, { pythons, defaultPython }: RContext): string => {
  const rs = [...new Set([rOf(defaultPython), ...listRs(pythons)])];
  const needed = project?.description.r;
  const chosen =
    runtime?.r ?? rs.find((r) => lock?.r?.startsWith(`${r}.`)) ?? rs.find((r) => mayReach(r, needed ?? '0'));
  if (chosen !== undefined && mayReach(chosen, needed ?? '0')) return chosen;
  throw createDetectError('DETECT_R_INVALID', {
    file: project?.file ?? 'DESCRIPTION',
    problem: `the package needs R >= ${needed}; this server has R ${rs.join(', ')}.`,
    hint: 'Lower what Depends says of R, or take R from conda: name r-base in environment.yml.',
  });
};

const explainRuntime = (runtime: Found['runtime'], repository: string): readonly Evidence[] => {
  if (runtime === undefined) return [];
  const { file, asOf, because } = runtime;
  if (asOf === undefined) return [use(file, because)];
  if (hasSnapshots(repository)) return [use(file, `${because}, with packages as of ${asOf}`)];
  const why = 'the R repository of this server has no snapshots (build.rRepository without {date})';
  return [use(file, because), leave(file, `its day ${asOf} cannot be kept to: ${why}`)];
};

const explainLock = (lock: Lock | undefined, version: string, repository: string): readonly Evidence[] => {
  if (lock === undefined) return [];
  if (repository === '')
    return [leave(lock.file, 'it is not restored: this server has no R repository (build.rRepository)')];
  const other =
    lock.r === undefined || lock.r.startsWith(`${version}.`) ? '' : `, with R ${version} instead of ${lock.r}`;
  return [use(lock.file, `its ${lock.count} packages are restored${other}`)];
};

const explainProject = ({ files, directory }: RContext, project: Project | undefined): readonly Evidence[] => {
  if (project !== undefined) {
    const { file, description } = project;
    const unused = description.unused.map((field) => leave(file, `packages of the field ${field} are not installed`));
    return [use(file, `the repository is the R package ${description.name}`), ...unused];
  }
  const isThere = directory === '' && findConfigFile(files, '', 'DESCRIPTION') !== undefined;
  return isThere ? [leave('DESCRIPTION', 'it is not that of an R package: it has no field Package')] : [];
};

const makePart = (found: Found, context: RContext, version: string): RPart => {
  const { rRepository = '', files } = context;
  const { runtime, script, project, lock } = found;
  return {
    version,
    repository: rRepository,
    ...(runtime?.asOf === undefined ? {} : { asOf: runtime.asOf }),
    needs: project?.description.needs ?? [],
    ...(lock === undefined || rRepository === '' ? {} : { lock: { file: lock.file, text: lock.text } }),
    ...(script === undefined ? {} : { script: readScript(files, script) }),
    ...(project === undefined ? {} : { project: project.file }),
  };
};

/**
 * Reads what a repository asks of R: runtime.txt that names it, install.R, DESCRIPTION of a package, renv.lock. Gives
 * undefined where none of them is. Throws DETECT_R_INVALID, DETECT_LOCK_INVALID and DETECT_RUNTIME_ errors.
 */
export const readR = (context: RContext): RFound | undefined => {
  const { rRepository = '' } = context;
  const [runtime, project, lock] = [findRuntime(context), findProject(context), findLock(context)];
  const script = findConfigFile(context.files, context.directory, 'install.R');
  const found = {
    ...(runtime === undefined ? {} : { runtime }),
    ...(script === undefined ? {} : { script }),
    ...(project === undefined ? {} : { project }),
    ...(lock === undefined ? {} : { lock }),
  };
  if (Object.keys(found).length === 0) return undefined;
  const version = chooseR(found, context);
  return {
    r: makePart(found, context, version),
    pythons: context.pythons.filter((python) => rOf(python) === version),
    isAsked: runtime !== undefined,
    evidence: [
      ...explainRuntime(runtime, rRepository),
      ...(script === undefined ? [] : [use(script, 'it installs packages of R when the content is there')]),
      ...explainProject(context, project),
      ...explainLock(lock, version, rRepository),
    ],
  };
};
