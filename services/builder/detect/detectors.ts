import { posix } from 'node:path';
import type { Evidence } from '../../contracts/build-plan.ts';
import { parseAptTxt } from './apt-txt.ts';
import { findConfigFile } from './config-file.ts';
import { DEVCONTAINER_FILES, readDevcontainerJson } from './devcontainer/devcontainer-json.ts';
import { decodeText } from './decode-text.ts';
import type { CondaPart, Detection, EnvironmentDetection } from './detection.ts';
import { readConda, readPixi } from './conda/read-conda.ts';
import type { RepositoryFiles } from './repository-files.ts';
import { choosePythonVersion } from './python/python-version.ts';
import { readPython } from './python/read-python.ts';
import { hasJuliaProject, readJulia, refuseRequire } from './julia/read-julia.ts';
import { readR, type RFound } from './r/read-r.ts';
import { readScript, type Script } from './script.ts';

export type DetectContext = {
  readonly files: RepositoryFiles;
  /** Where configuration files are looked for. */
  readonly directory: string;
  /** Offered Python versions, x.y or x.y.z. */
  readonly pythons: readonly string[];
  readonly defaultPython: string;
  /** The conda channels of the operator; conda-forge where nothing is said. */
  readonly condaChannels?: readonly string[];
  /** The operator's repository of R packages, where {date} stands for a day or `latest`; '' for none. */
  readonly rRepository?: string;
  /** What <nixpkgs> stands for in a Nix file: the address of an archive. */
  readonly nixpkgs?: string;
};

/** Gives what a repository of its kind asks for, with evidence of the files it used, or undefined for another kind. */
export type Detector = (context: DetectContext) => Detection | undefined;

const find = ({ files, directory }: DetectContext, name: string) => findConfigFile(files, directory, name);

const use = (file: string, because: string): Evidence => ({ file, used: true, because });

const readText = ({ files }: DetectContext, file: string): string =>
  decodeText(files.read(file), { file, otherwise: 'refuse' });

type Additions = {
  readonly apt: readonly string[];
  readonly postBuild?: Script;
  readonly start?: Script;
  readonly evidence: readonly Evidence[];
};

const explainStart = ({ files }: DetectContext, start: string): string =>
  readScript(files, start).passesCommand
    ? 'it starts each session'
    : 'it starts each session, but never runs the command that it is given: a session ends at once unless it ends in exec "$@"';

/** Reads what every kind of environment may add: apt.txt, postBuild and start. */
const readAdditions = (context: DetectContext): Additions => {
  const apt = find(context, 'apt.txt');
  const postBuild = find(context, 'postBuild');
  const start = find(context, 'start');
  return {
    apt: apt === undefined ? [] : parseAptTxt(readText(context, apt), apt),
    ...(postBuild === undefined ? {} : { postBuild: readScript(context.files, postBuild) }),
    ...(start === undefined ? {} : { start: readScript(context.files, start) }),
    evidence: [
      ...(apt === undefined ? [] : [use(apt, 'it names Debian packages')]),
      ...(postBuild === undefined ? [] : [use(postBuild, 'it runs when everything is installed')]),
      ...(start === undefined ? [] : [use(start, explainStart(context, start))]),
    ],
  };
};

const detectDockerfile: Detector = (context) => {
  const file = find(context, 'Dockerfile');
  if (file === undefined) return undefined;
  return { kind: 'dockerfile', file, evidence: [use(file, 'it describes the whole image')] };
};

/** What an environment is made of, but for what every kind of environment may add. */
type Found = Omit<EnvironmentDetection, 'kind' | 'apt' | 'postBuild' | 'start'>;

const hasR = (conda: CondaPart | undefined): boolean => {
  if (conda?.kind === 'locked') return conda.packages.some(({ name }) => name.startsWith('r-'));
  return conda?.specs.some(({ text }) => /^(?:\S+::)?r-/.test(text)) ?? false;
};

/** The files of Python's tools: alone, or where R brings conda along too, after what conda installs. */
const readPackages = (context: DetectContext): Found => {
  const conda = readConda(context);
  const pixi = conda === undefined ? readPixi(context) : undefined;
  if (pixi !== undefined) return pixi;
  const python = readPython(
    conda === undefined ? context : { ...context, pythons: [conda.python], defaultPython: conda.python },
  );
  const { evidence: runtime, ...chosen } = conda ?? python ?? choosePythonVersion(context, undefined);
  return {
    ...chosen,
    ...python,
    installs: [...(conda?.installs ?? []), ...(python?.installs ?? [])],
    evidence: [...(conda?.evidence ?? []), ...(python?.evidence ?? []), ...(conda || python ? [] : runtime)],
  };
};

const readRUnlessConda = (context: DetectContext): RFound | undefined => {
  const found = readR(context);
  const conda = found === undefined || found.isAsked ? undefined : readConda(context);
  return hasR(conda?.conda) ? undefined : found;
};

const narrow = (context: DetectContext, pythons: readonly string[]): DetectContext => ({
  ...context,
  pythons,
  defaultPython: pythons.includes(context.defaultPython) ? context.defaultPython : (pythons[0] ?? ''),
});

/** R and Julia leave the other files to say what they say, as in repo2docker: conda's and Python's packages are both installed. */
const readLanguages = (context: DetectContext): Found | undefined => {
  const julia = readJulia(context);
  const r = readRUnlessConda(context);
  if (r === undefined && julia === undefined) return undefined;
  const packages = readPackages(r === undefined ? context : narrow(context, r.pythons));
  return {
    ...packages,
    ...(r === undefined ? {} : { r: r.r }),
    ...(julia === undefined ? {} : { julia: julia.julia }),
    evidence: [...(julia?.evidence ?? []), ...(r?.evidence ?? []), ...packages.evidence],
  };
};

/** Nix brings everything itself, so nothing else is read; a project of Julia comes before it, as in repo2docker. */
const readNix = (context: DetectContext): Found | undefined => {
  const file = find(context, 'default.nix');
  if (file === undefined || hasJuliaProject(context)) return undefined;
  return {
    python: context.defaultPython,
    nix: { file, nixpkgs: context.nixpkgs ?? '' },
    installs: [],
    evidence: [use(file, 'it describes the shell that sessions start in')],
  };
};

const detectWith =
  (read: (context: DetectContext) => Found | undefined): Detector =>
  (context) => {
    const found = read(context);
    if (found === undefined) return undefined;
    const { evidence, ...additions } = readAdditions(context);
    return { kind: 'environment', ...found, ...additions, evidence: [...found.evidence, ...evidence] };
  };

/** The last resort, because it describes the tools of those who write the repository; a binder directory says all. */
const detectDevcontainer: Detector = ({ files, directory }) => {
  const file = DEVCONTAINER_FILES.find((path) => files.kindOf(path) === 'file');
  if (file === undefined || directory !== '') return undefined;
  const { source, commands, unused } = readDevcontainerJson(files, file);
  if (source === undefined) return undefined;
  const what = source.kind === 'image' ? `the image ${source.image}` : `the Dockerfile ${source.file}`;
  return {
    kind: 'devcontainer',
    from: source,
    commands,
    evidence: [
      use(file, `it names ${what}, and nothing else describes an environment`),
      ...(source.kind === 'image' ? [] : [use(source.file, `${file} names it`)]),
      ...unused.map((key) => ({ file, used: false, because: `its ${key} cannot be had in a session` })),
    ],
  };
};

/** What is left when no detector answers: the base image, with what every environment may add. */
export const detectBase = (context: DetectContext): Detection => {
  refuseRequire(context);
  const { evidence: runtime, ...chosen } = choosePythonVersion(context, undefined);
  const { evidence, ...additions } = readAdditions(context);
  const where = context.directory === '' ? 'the repository' : posix.join(context.directory, '/');
  const none = use('', `${where} names no Python packages, so those of the base image are all there are`);
  return { kind: 'environment', ...chosen, ...additions, installs: [], evidence: [none, ...runtime, ...evidence] };
};

/**
 * Order matters, the first that answers decides. From the file that says most to the one that says least: a
 * Dockerfile is the whole image; Nix brings everything itself; R and Julia leave the rest to the others; conda's files name
 * Python and its packages, so
 * requirements.txt and runtime.txt have nothing to add; Python projects and requirements.txt leave the version to
 * runtime.txt; devcontainer.json is for editors.
 */
export const DETECTORS: readonly Detector[] = [
  detectDockerfile,
  detectWith(readNix),
  detectWith(readLanguages),
  detectWith(readConda),
  detectWith(readPixi),
  detectWith(readPython),
  detectDevcontainer,
];
