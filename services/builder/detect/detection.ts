import type { CondaSolve, DevcontainerSource, Evidence, NixStep } from '../../contracts/build-plan.ts';
import type { CondaFile } from './conda/conda-file.ts';
import type { JuliaPart } from './julia/read-julia.ts';
import type { RPart } from './r/read-r.ts';
import type { Script } from './script.ts';

/** One line of a requirements file, in one form: comments, continuations and spellings of options are gone. */
export type RequirementLine =
  | { readonly kind: 'requirement'; readonly text: string; readonly hasHash: boolean }
  /** Names a path of the repository, written from its top, and so can be installed only after the content is there. */
  | { readonly kind: 'local'; readonly text: string }
  /** Names another file of the set by its path from the top of the repository. */
  | { readonly kind: 'include'; readonly option: '--requirement' | '--constraint'; readonly path: string }
  /** Names another file of the set by its address; it is fetched before anything is installed. */
  | { readonly kind: 'address'; readonly option: '--requirement' | '--constraint'; readonly url: string }
  /** Says what was found out about the next line; it belongs to what is installed, and means nothing to installers. */
  | { readonly kind: 'note'; readonly text: string }
  /** `isLocal`: the value is a directory of the repository, written from its top. */
  | { readonly kind: 'option'; readonly name: string; readonly value: string; readonly isLocal: boolean };

export type RequirementsFile = {
  readonly path: string;
  readonly role: 'requirements' | 'constraints';
  readonly lines: readonly RequirementLine[];
};

/** A requirements file and everything that it includes, sorted by path. */
export type RequirementSet = { readonly root: string; readonly files: readonly RequirementsFile[] };

/** `isExact`: a lock, which names everything that is needed, so that nothing else is installed. */
export type PythonInstall = { readonly requirements: RequirementSet; readonly isExact: boolean };

/**
 * The repository is a package: the name for a file that asks for it, and whether what it needs comes with it.
 * `unversioned` is its name where its build finds out the version, for which it may look for Git's tags.
 */
export type ProjectInstall = {
  readonly file: string;
  readonly withDependencies: boolean;
  /** Whether it follows its source in the content. */
  readonly isEditable?: boolean;
  readonly unversioned?: string;
};

/** Conda packages to choose, or those that a lock chose; `list` is a free name for the list of them. */
export type CondaPart =
  | CondaSolve
  | {
      readonly kind: 'locked';
      readonly list: string;
      readonly platform: string;
      /** x.y; absent where Python is not among them. */
      readonly python?: string;
      readonly packages: readonly CondaFile[];
    };

type Common = { readonly evidence: readonly Evidence[] };

/**
 * What an environment is made of. Each part stands for itself, so that a repository may ask for several: R and Julia
 * come first, then conda packages, then those of Python, then what needs the content.
 */
export type EnvironmentDetection = Common & {
  readonly kind: 'environment';
  /** x.y */
  readonly python: string;
  /** yyyy-mm-dd: packages are installed as the index had them on that day. */
  readonly asOf?: string;
  readonly apt: readonly string[];
  readonly conda?: CondaPart;
  /** Set for every process in the image. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly r?: RPart;
  readonly julia?: JuliaPart;
  readonly nix?: NixStep;
  readonly installs: readonly PythonInstall[];
  readonly project?: ProjectInstall;
  readonly postBuild?: Script;
  readonly start?: Script;
};

/** What a repository asks for, and which files say so. */
export type Detection =
  | (Common & { readonly kind: 'dockerfile'; readonly file: string })
  | (Common & {
      readonly kind: 'devcontainer';
      readonly from: DevcontainerSource;
      readonly commands: readonly string[];
    })
  | EnvironmentDetection;
