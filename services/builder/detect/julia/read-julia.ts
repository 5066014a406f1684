import { Type } from 'typebox';
import type { Evidence } from '../../../contracts/build-plan.ts';
import { findConfigFile } from '../config-file.ts';
import { createDetectError, quoteText } from '../detect-error.ts';
import { findLine, readToml } from '../python/toml-file.ts';
import type { RepositoryFiles } from '../repository-files.ts';
import { chooseJulia, DEFAULT_JULIA, describeJulias, readReleased } from './julia-version.ts';

/** Julia, and the directory of the project whose packages are installed. */
export type JuliaPart = {
  /** x.y.z */
  readonly version: string;
  /** From the top of the repository; '' for the top. */
  readonly directory: string;
  /** The file that names the versions of its packages. */
  readonly manifest?: string;
  /** Whether nothing but what the manifest names may be installed. */
  readonly isExact?: true;
};

export type JuliaContext = {
  readonly files: RepositoryFiles;
  /** Where configuration files are looked for. */
  readonly directory: string;
};

export type JuliaFound = { readonly julia: JuliaPart; readonly evidence: readonly Evidence[] };

const Project = Type.Object({ compat: Type.Optional(Type.Object({ julia: Type.Optional(Type.String()) })) });
const Manifest = Type.Object({ julia_version: Type.Optional(Type.String()) });

/** Julia itself looks for the longer name first. */
const PROJECTS = ['JuliaProject.toml', 'Project.toml'];
const MANIFESTS = ['JuliaManifest.toml', 'Manifest.toml'];
const code = 'DETECT_JULIA_INVALID';

const findFirst = ({ files, directory }: JuliaContext, names: readonly string[]): string | undefined => {
  for (const name of names) {
    const file = findConfigFile(files, directory, name);
    if (file !== undefined) return file;
  }
  return undefined;
};

export const hasJuliaProject = (context: JuliaContext): boolean => findFirst(context, PROJECTS) !== undefined;

/** The version that chose what the manifest holds. */
const readManifest = (context: JuliaContext) => {
  const file = findFirst(context, MANIFESTS);
  if (file === undefined) return undefined;
  const { data, text } = readToml(context.files, file, { schema: Manifest, code });
  const named = data.julia_version;
  if (named === undefined) return { file, because: 'it names the versions of packages' };
  const version = readReleased(named);
  if (version !== undefined) return { file, version, because: `its packages were chosen with Julia ${version}` };
  const line = findLine(text, /^\s*julia_version\b/m);
  throw createDetectError(code, {
    file,
    ...(line === undefined ? {} : { line }),
    problem: `Julia ${quoteText(named)} cannot be had; there are ${describeJulias()}.`,
    hint: 'Resolve the project again with one of them.',
  });
};

const readProject = ({ files }: JuliaContext, file: string) => {
  const { data, text } = readToml(files, file, { schema: Project, code });
  const compat = data.compat?.julia;
  if (compat === undefined) return { version: DEFAULT_JULIA, because: 'it names packages of Julia' };
  const version = chooseJulia(compat);
  if (version !== undefined && version !== 'invalid')
    return { version, because: `it names packages of Julia and allows Julia ${compat}` };
  const line = findLine(text, /^\s*"?julia"?\s*=/m);
  throw createDetectError(code, {
    file,
    ...(line === undefined ? {} : { line }),
    problem:
      version === 'invalid'
        ? `${quoteText(compat)} does not name versions of Julia.`
        : `no Julia fits ${quoteText(compat)}; there are ${describeJulias()}.`,
    hint: 'Write versions as Julia does, such as julia = "1.10", "~1.9, 1.10" or "1.6 - 1.10".',
  });
};

/**
 * Reads the project of Julia: Project.toml (or JuliaProject.toml) and its manifest, whose version of Julia decides. Gives
 * undefined where there is none. Throws DETECT_JULIA_INVALID with file and line.
 */
export const readJulia = (context: JuliaContext): JuliaFound | undefined => {
  const file = findFirst(context, PROJECTS);
  if (file === undefined) return undefined;
  const project = readProject(context, file);
  const manifest = readManifest(context);
  const version = manifest?.version ?? project.version;
  return {
    julia: {
      version,
      directory: context.directory,
      ...(manifest === undefined ? {} : { manifest: manifest.file }),
    },
    evidence: [
      {
        file,
        used: true,
        because: manifest?.version === undefined ? `${project.because}, so ${version} is used` : project.because,
      },
      ...(manifest === undefined ? [] : [{ file: manifest.file, used: true, because: manifest.because }]),
    ],
  };
};

/** Throws DETECT_JULIA_INVALID where a repository has nothing but the list of packages of Julia before 1.0. */
export const refuseRequire = ({ files, directory }: JuliaContext): void => {
  const file = findConfigFile(files, directory, 'REQUIRE');
  if (file === undefined) return;
  throw createDetectError(code, {
    file,
    problem: 'Julia has not read this file since 1.0.',
    hint: 'Write a Project.toml: in the Pkg mode of Julia, `activate .` and `add` each package.',
  });
};
