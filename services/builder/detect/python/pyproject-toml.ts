import { Type, type Static } from 'typebox';
import { Table } from '../../../contracts/table.ts';
import { findConfigFile } from '../config-file.ts';
import type { RequirementSet } from '../detection.ts';
import type { RepositoryFiles } from '../repository-files.ts';
import { makeRequirementSet } from './generated-lines.ts';
import { parsePoetryRanges } from './poetry-range.ts';
import type { PythonWish } from './python-version.ts';
import { findLine, readToml, type DataFile } from './toml-file.ts';

const Texts = Type.Array(Type.String());

const Poetry = Type.Object({
  name: Type.Optional(Type.String()),
  'package-mode': Type.Optional(Type.Boolean()),
  dependencies: Type.Optional(Table(Type.Unknown())),
  group: Type.Optional(
    Table(
      Type.Object({
        optional: Type.Optional(Type.Boolean()),
        dependencies: Type.Optional(Table(Type.Unknown())),
      }),
    ),
  ),
  'dev-dependencies': Type.Optional(Table(Type.Unknown())),
});

const Uv = Type.Object({
  package: Type.Optional(Type.Boolean()),
  sources: Type.Optional(Table(Type.Unknown())),
  'default-groups': Type.Optional(Type.Union([Texts, Type.Literal('all')])),
});

const PyprojectSchema = Type.Object({
  project: Type.Optional(
    Type.Object({
      name: Type.Optional(Type.String()),
      'requires-python': Type.Optional(Type.String()),
      dependencies: Type.Optional(Texts),
      dynamic: Type.Optional(Texts),
    }),
  ),
  'build-system': Type.Optional(Type.Object({})),
  'dependency-groups': Type.Optional(Table(Type.Unknown())),
  tool: Type.Optional(Type.Object({ poetry: Type.Optional(Poetry), uv: Type.Optional(Uv) })),
});

export type Pyproject = DataFile<Static<typeof PyprojectSchema>>;

const EXPECTED = { schema: PyprojectSchema, code: 'DETECT_PROJECT_INVALID' } as const;

/** Reads pyproject.toml of a directory where there is one. Throws DETECT_PROJECT_INVALID with file and line. */
export const readPyproject = (files: RepositoryFiles, directory: string): Pyproject | undefined => {
  const file = findConfigFile(files, directory, 'pyproject.toml');
  return file === undefined ? undefined : readToml(files, file, EXPECTED);
};

/** The range of requires-python, else of Poetry's table, where there is one. */
export const pythonWishOf = ({ file, data, text }: Pyproject): PythonWish | undefined => {
  const range = data.project?.['requires-python'];
  const poetry = data.tool?.poetry?.dependencies?.['python'];
  const wanted = range ?? (typeof poetry === 'string' ? poetry : undefined);
  if (wanted === undefined) return undefined;
  const line = findLine(text, range === undefined ? /^python\s*=/m : 'requires-python');
  const ranges = range === undefined ? parsePoetryRanges(wanted) : [range];
  return { file, text: wanted, ranges, ...(line === undefined ? {} : { line }) };
};

/** A source that only says which index a package comes from; others put something else in its place. */
const isIndex = (source: unknown): boolean => typeof source === 'object' && source !== null && 'index' in source;

/** Whether what the project depends on can be read from the file, without running its build. */
export const hasStaticDependencies = ({ data }: Pyproject): boolean => {
  const { project, tool } = data;
  const hasSources = Object.values(tool?.uv?.sources ?? {}).some((source) => !isIndex(source));
  return project !== undefined && !hasSources && !(project.dynamic ?? []).includes('dependencies');
};

/** The requirements below [project], of which extras and groups are no part. */
export const readProjectDependencies = (
  files: RepositoryFiles,
  { file, data, text }: Pyproject,
): RequirementSet | undefined => {
  const dependencies = data.project?.dependencies ?? [];
  if (dependencies.length === 0) return undefined;
  const start = findLine(text, /^[ \t]*dependencies[ \t]*=/m) ?? 1;
  const lines = dependencies.map((one) => ({ line: findLine(text, one) ?? start, text: one }));
  return makeRequirementSet(files, { file, lines, code: 'DETECT_PROJECT_INVALID' });
};
