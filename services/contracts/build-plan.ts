import { Type, type Static } from 'typebox';

/** A file of the repository and why it is, or is not, used. */
export const Evidence = Type.Object({
  file: Type.String({ description: 'Path inside of the repository; empty when no file decided.' }),
  used: Type.Boolean(),
  because: Type.String(),
});
export type Evidence = Static<typeof Evidence>;

/** A file that the installation reads, with line ends and encoding normalised. */
export const StagedFile = Type.Object({ path: Type.String(), text: Type.String() });
export type StagedFile = Static<typeof StagedFile>;

/** One installation of Python packages, from a staged requirements file. */
export const InstallStep = Type.Object({
  kind: Type.Literal('requirements'),
  file: Type.String({ description: 'Path of a staged file.' }),
  prerelease: Type.Boolean({ description: 'Whether the files ask for pre-releases (--pre).' }),
  ownIndex: Type.Boolean({ description: 'Whether the files name their own package index instead of the default one.' }),
  checksServer: Type.Optional(
    Type.Boolean({
      description: 'Whether the files name what the server of sessions is made of, so that it is tried.',
    }),
  ),
  noDependencies: Type.Optional(
    Type.Boolean({ description: 'Whether exactly what the files name is installed, and nothing that it needs.' }),
  ),
});
export type InstallStep = Static<typeof InstallStep>;

/** Conda packages that are chosen when the image is built. */
const CondaSolve = Type.Object({
  kind: Type.Literal('solve'),
  file: Type.String({ description: 'The file that asks for them.' }),
  channels: Type.Array(Type.String(), { description: 'Names or addresses; the first that has a package decides.' }),
  specs: Type.Array(Type.Object({ text: Type.String(), line: Type.Integer() }), {
    description: 'What is asked for, as conda writes it, and where, in the order of the file.',
  }),
});
export type CondaSolve = Static<typeof CondaSolve>;

/** Conda packages that a lock names; nothing is chosen and nothing is added. */
const CondaLocked = Type.Object({
  kind: Type.Literal('locked'),
  file: Type.String({ description: 'Path of a staged file: an explicit list, one address with its checksum a line.' }),
  platform: Type.String({ description: 'Where the packages run, by its name in conda.' }),
  python: Type.Optional(Type.String({ description: 'x.y; absent where Python is not among them.' })),
});

/** A conda environment, installed before everything else; it brings its own Python. */
export const CondaStep = Type.Union([CondaSolve, CondaLocked]);
export type CondaStep = Static<typeof CondaStep>;

/** R and its kernel, from Debian, and the packages that are installed before the content is there. */
export const RStep = Type.Object({
  version: Type.String({ description: 'x.y, that of the Debian release below the base.' }),
  repository: Type.String({ description: 'Address of the repository of packages; empty for that of Debian’s R.' }),
  prefersDebian: Type.Boolean({ description: 'Whether packages that Debian has come from there.' }),
  packages: Type.Array(
    Type.Object({
      name: Type.String(),
      atLeast: Type.Optional(Type.String({ description: 'The lowest version that will do.' })),
    }),
  ),
  lock: Type.Optional(Type.String({ description: 'Path of a staged renv.lock.' })),
});
export type RStep = Static<typeof RStep>;

/** Julia and its kernel; the packages of the project are installed when the content is there. */
export const JuliaStep = Type.Object({
  version: Type.String({ description: 'x.y.z' }),
  directory: Type.String({ description: 'Of the project, from the top of the repository; empty for the top.' }),
});
export type JuliaStep = Static<typeof JuliaStep>;

/** Nix, in whose shell sessions start; it is built when the content is there. */
export const NixStep = Type.Object({
  file: Type.String({ description: 'Path of the Nix file.' }),
  nixpkgs: Type.String({ description: 'What <nixpkgs> stands for: the address of an archive.' }),
});
export type NixStep = Static<typeof NixStep>;

/** Work that needs the content of the commit and so runs after it was added. */
export const AfterStep = Type.Union([
  Type.Object({
    kind: Type.Literal('local-packages'),
    install: InstallStep,
    files: Type.Array(StagedFile, {
      description: 'The requirements again, with the lines that name paths of the repository; sorted by path.',
    }),
    variables: Type.Optional(
      Type.Record(Type.String(), Type.String(), { description: 'Of the environment, while they are installed.' }),
    ),
  }),
  Type.Object({ kind: Type.Literal('install-r'), file: Type.String() }),
  Type.Object({ kind: Type.Literal('r-package'), file: Type.String() }),
  Type.Object({
    kind: Type.Literal('julia-packages'),
    exact: Type.Optional(
      Type.Literal(true, { description: 'Exactly what the manifest names is installed, or it fails.' }),
    ),
  }),
  Type.Object({ kind: Type.Literal('nix-shell'), file: Type.String() }),
  Type.Object({
    kind: Type.Literal('post-build'),
    file: Type.String(),
    hasShebang: Type.Boolean(),
  }),
]);
export type AfterStep = Static<typeof AfterStep>;

/** A script that a session runs first; configuration of the image, not a layer. */
const StartScript = Type.Object({ file: Type.String(), hasShebang: Type.Boolean() });
export type StartScript = Static<typeof StartScript>;

export const EnvironmentPlan = Type.Object({
  kind: Type.Literal('environment'),
  recipe: Type.String(),
  python: Type.String({
    description:
      'x.y, or x.y.z where exactly that is offered; where conda installs, that of the server, which conda is asked for first.',
  }),
  asOf: Type.Optional(
    Type.String({ description: 'Day (yyyy-mm-dd); only what the index had at its end is installed.' }),
  ),
  evidence: Type.Array(Evidence),
  apt: Type.Array(Type.String()),
  r: Type.Optional(RStep),
  julia: Type.Optional(JuliaStep),
  nix: Type.Optional(NixStep),
  conda: Type.Optional(CondaStep),
  variables: Type.Optional(
    Type.Record(Type.String(), Type.String(), { description: 'Of every process in the image, set after installing.' }),
  ),
  install: Type.Array(InstallStep),
  files: Type.Array(StagedFile, { description: 'Exactly the files that the installation reads, sorted by path.' }),
  crlf: Type.Array(Type.String(), { description: 'Scripts whose line ends must become LF before they can run.' }),
  after: Type.Array(AfterStep),
  start: Type.Optional(StartScript),
});
export type EnvironmentPlan = Static<typeof EnvironmentPlan>;

/** The repository brings its own Dockerfile: the whole (sub-)directory is its context. */
export const DockerfilePlan = Type.Object({
  kind: Type.Literal('dockerfile'),
  recipe: Type.String(),
  evidence: Type.Array(Evidence),
  file: Type.String({ description: 'Path of the Dockerfile.' }),
});
export type DockerfilePlan = Static<typeof DockerfilePlan>;

/** The image that a development container is made of. */
const DevcontainerSource = Type.Union([
  Type.Object({ kind: Type.Literal('image'), image: Type.String({ description: 'Its name.' }) }),
  Type.Object({
    kind: Type.Literal('dockerfile'),
    file: Type.String({ description: 'Path of the Dockerfile.' }),
    context: Type.String({ description: 'Path of the directory that is its context; empty for the top.' }),
    args: Type.Record(Type.String(), Type.String(), { description: 'Build arguments.' }),
    target: Type.Optional(Type.String({ description: 'The stage that is built; the last one otherwise.' })),
  }),
]);
export type DevcontainerSource = Static<typeof DevcontainerSource>;

/** The repository describes a development container: its image is made ready for sessions, the content comes on top. */
export const DevcontainerPlan = Type.Object({
  kind: Type.Literal('devcontainer'),
  recipe: Type.String(),
  evidence: Type.Array(Evidence),
  from: DevcontainerSource,
  commands: Type.Array(Type.String(), {
    description: 'Shell commands of the repository, run in their order when the content is there.',
  }),
});
export type DevcontainerPlan = Static<typeof DevcontainerPlan>;

/** How a commit becomes an image, as data: deterministic, printed by `slipway plan`, kept in a label. */
export const BuildPlan = Type.Union([EnvironmentPlan, DockerfilePlan, DevcontainerPlan]);
export type BuildPlan = Static<typeof BuildPlan>;
