import type { Lock } from '../../contracts/lock.ts';
import type { Evidence } from '../../contracts/build-plan.ts';
import { CONDA_PLATFORM, parseChecksum } from '../detect/conda/conda-file.ts';
import type {
  CondaPart,
  EnvironmentDetection,
  PythonInstall,
  RequirementLine,
  RequirementSet,
  RequirementsFile,
} from '../detect/detection.ts';
import type { JuliaPart } from '../detect/julia/read-julia.ts';

type LockedPackage = Lock['python'][number];

/** Below a directory that is not one of the repository's. */
const FILE = '.locked/requirements.txt';
const CONDA_FILE = '.locked/conda.txt';

const EXACT = /^--(?:index-url|extra-index-url|find-links|no-index|no-binary|only-binary)$/;

const isLocalSource = ({ files }: RequirementSet): boolean =>
  files.some(({ lines }) => lines.some((line) => line.kind === 'option' && line.isLocal));

const renderPackage = ({ name, version, sha256, git, commit, archive, subdirectory }: LockedPackage): string => {
  const within = subdirectory === undefined ? [] : [`subdirectory=${subdirectory}`];
  const fragment = [...(sha256 === undefined || archive === undefined ? [] : [`sha256=${sha256}`]), ...within].join(
    '&',
  );
  const location = git === undefined ? archive : `git+${git}@${commit}`;
  if (location !== undefined) return `${name} @ ${location}${fragment === '' ? '' : `#${fragment}`}`;
  return `${name}==${version}${sha256 === undefined ? '' : ` --hash=sha256:${sha256}`}`;
};

/** From an index, the hashes of all are asked for, where all have one; a commit is its own. */
const renderLines = (packages: readonly LockedPackage[]): readonly RequirementLine[] => {
  const hasHash = packages.every(({ sha256, git }) => sha256 !== undefined && git === undefined);
  return packages.map((one) => ({ kind: 'requirement', text: renderPackage(one), hasHash }));
};

const listOptions = (sets: readonly RequirementSet[]): readonly RequirementLine[] =>
  sets
    .flatMap(({ files }) => files.flatMap(({ lines }) => lines))
    .filter((line) => line.kind === 'option' && !line.isLocal && EXACT.test(line.name));

/** What of a set needs the content, by itself: what it depends on is there. */
const keepLocal = (file: RequirementsFile): RequirementsFile => ({
  ...file,
  lines: file.lines.filter((line) => line.kind === 'local' || line.kind === 'include'),
});

const lateOf = ({ requirements, isExact }: PythonInstall): PythonInstall =>
  isLocalSource(requirements)
    ? { requirements, isExact }
    : { requirements: { ...requirements, files: requirements.files.map(keepLocal) }, isExact: true };

/** Packages that a directory of the repository brings have no hash, and cannot be had before the content is there. */
const lockInstalls = (installs: readonly PythonInstall[], lock: Lock): readonly PythonInstall[] => {
  const sets = installs.map(({ requirements }) => requirements);
  const bringsOwn = sets.some(isLocalSource);
  const packages = lock.python.filter(
    ({ local, sha256, git }) => !local && (!bringsOwn || sha256 !== undefined || git !== undefined),
  );
  const late = installs.map(lateOf);
  if (packages.length === 0) return late;
  const lines = [...listOptions(sets), ...renderLines(packages)];
  const requirements: RequirementSet = { root: FILE, files: [{ path: FILE, role: 'requirements', lines }] };
  return [{ requirements, isExact: true }, ...late];
};

const CONDA_PLATFORMS: ReadonlyMap<string, string> = new Map([
  ['linux/amd64', CONDA_PLATFORM],
  ['linux/arm64', 'linux-aarch64'],
]);

/** Each package by its address and checksum, which leaves nothing to choose. */
const lockConda = (packages: NonNullable<Lock['conda']>, platform: string): CondaPart => {
  const python = packages.find(({ name }) => name === 'python')?.version;
  return {
    kind: 'locked',
    list: CONDA_FILE,
    platform: CONDA_PLATFORMS.get(platform) ?? CONDA_PLATFORM,
    ...(python === undefined ? {} : { python: python.split('.', 2).join('.') }),
    packages: packages.map(({ name, version, url, sha256, md5 }) => {
      const checksum = sha256 === undefined ? parseChecksum('md5', md5 ?? '') : parseChecksum('sha256', sha256);
      return { name, version, url, ...(checksum === undefined ? {} : { checksum }) };
    }),
  };
};

/** The manifest is the lock of Julia's packages, where the repository has one. */
const lockJulia = (julia: JuliaPart): JuliaPart => (julia.manifest === undefined ? julia : { ...julia, isExact: true });

const explainJulia = ({ manifest }: JuliaPart): Evidence =>
  manifest === undefined
    ? { file: 'Manifest.toml', used: false, because: 'there is none, so packages of Julia are not locked' }
    : { file: manifest, used: true, because: 'exactly its packages of Julia are installed' };

/**
 * The same repository with exactly the packages of a lock in place of what it asks for. The lock must have been made for
 * what the repository asks for.
 */
export const lockDetection = (detection: EnvironmentDetection, lock: Lock): EnvironmentDetection => {
  const { conda, project, installs, julia, ...others } = detection;
  const architecture = lock.platform.split('/')[1] ?? '';
  const nameDebian = ({ name, version, architecture: own }: Lock['debian'][number]): string =>
    `${name}${own === architecture || own === 'all' ? '' : `:${own}`}=${version}`;
  const evidence = [{ file: '', used: true, because: 'exactly the packages of the lock are installed' }];
  return {
    ...others,
    apt: lock.debian.map(nameDebian),
    ...(conda === undefined || lock.conda === undefined ? {} : { conda: lockConda(lock.conda, lock.platform) }),
    installs: lockInstalls(installs, lock),
    ...(project === undefined ? {} : { project: { ...project, withDependencies: false } }),
    ...(julia === undefined ? {} : { julia: lockJulia(julia) }),
    evidence: [...detection.evidence, ...evidence, ...(julia === undefined ? [] : [explainJulia(julia)])],
  };
};
