import { Type, type Static } from 'typebox';
import { findConfigFile } from '../config-file.ts';
import { checkData, findLine, readToml, type DataFile } from '../python/toml-file.ts';
import { CONDA_PLATFORM } from './conda-file.ts';
import type { CondaContext } from './conda-source.ts';
import type { Asked } from './lock-age.ts';

const Texts = Type.Optional(Type.Array(Type.String()));
const Specs = Type.Optional(Type.Record(Type.String(), Type.Unknown()));
const Tables = {
  dependencies: Specs,
  'host-dependencies': Specs,
  'build-dependencies': Specs,
  'pypi-dependencies': Specs,
};
const Channels = Type.Optional(
  Type.Array(
    Type.Union([
      Type.String(),
      Type.Object({ channel: Type.String(), priority: Type.Optional(Type.Number()) }, { additionalProperties: true }),
    ]),
  ),
);
const PypiOptions = Type.Optional(
  Type.Object({ 'index-url': Type.Optional(Type.String()), 'extra-index-urls': Texts }),
);
const Feature = Type.Object({
  ...Tables,
  channels: Channels,
  'pypi-options': PypiOptions,
  target: Type.Optional(Type.Record(Type.String(), Type.Object(Tables))),
});
type Feature = Static<typeof Feature>;
const Workspace = Type.Object({
  channels: Channels,
  platforms: Type.Optional(Type.Array(Type.Unknown())),
  'pypi-options': PypiOptions,
});
const Environment = Type.Union([
  Type.Array(Type.String()),
  Type.Object({ features: Texts, 'no-default-feature': Type.Optional(Type.Boolean()) }),
]);

const ManifestSchema = Type.Object({
  ...Feature.properties,
  workspace: Type.Optional(Workspace),
  project: Type.Optional(Workspace),
  feature: Type.Optional(Type.Record(Type.String(), Feature)),
  environments: Type.Optional(Type.Record(Type.String(), Environment)),
  tasks: Specs,
  activation: Specs,
});

/** A pixi workspace: pixi.toml, or the table [tool.pixi] of pyproject.toml. */
export type PixiManifest = DataFile<Static<typeof ManifestSchema>>;

export type SpecTable = 'conda' | 'pypi';

/** What one package is asked for with, as TOML has it, and where. */
export type PixiSpec = { readonly name: string; readonly value: unknown; readonly line: number };

const EXPECTED = { schema: ManifestSchema, code: 'DETECT_PROJECT_INVALID' } as const;
const TABLES = {
  conda: ['dependencies', 'host-dependencies', 'build-dependencies'],
  pypi: ['pypi-dependencies'],
} as const;
/** From the least to the most particular name of this platform. */
const TARGETS = ['unix', 'linux', CONDA_PLATFORM];

const PyprojectSchema = Type.Object({ tool: Type.Optional(Type.Object({ pixi: Type.Optional(Type.Unknown()) })) });

/** pixi.toml, else pyproject.toml where it has [tool.pixi]. Throws DETECT_PROJECT_INVALID with file and line. */
export const findManifest = ({ files, directory }: CondaContext): PixiManifest | undefined => {
  const file = findConfigFile(files, directory, 'pixi.toml');
  if (file !== undefined) return readToml(files, file, EXPECTED);
  const pyproject = findConfigFile(files, directory, 'pyproject.toml');
  if (pyproject === undefined) return undefined;
  const found = readToml(files, pyproject, { ...EXPECTED, schema: PyprojectSchema });
  const pixi = found.data.tool?.pixi;
  return pixi === undefined ? undefined : checkData({ ...found, data: pixi }, EXPECTED);
};

/** The features of the default environment, which is what is installed. */
export const defaultFeatures = ({ data }: PixiManifest): readonly Feature[] => {
  const environment = data.environments?.['default'];
  const names = Array.isArray(environment) ? environment : (environment?.features ?? []);
  const isAlone = !Array.isArray(environment) && environment?.['no-default-feature'] === true;
  const own = names.flatMap((name) => data.feature?.[name] ?? []);
  return isAlone ? own : [data, ...own];
};

const escape = (name: string): string => name.replaceAll(/[^\w-]/g, String.raw`\$&`);

const lineOf = (text: string, name: string): number =>
  findLine(text, new RegExp(`^[ \\t]*["']?${escape(name)}["']?[ \\t]*=`, 'm')) ?? findLine(text, name) ?? 1;

/** The packages of the default environment on this platform; what a target says takes the place of what all say. */
export const listSpecs = (manifest: PixiManifest, table: SpecTable): readonly PixiSpec[] =>
  defaultFeatures(manifest).flatMap((feature) => {
    const layers = [feature, ...TARGETS.flatMap((name) => feature.target?.[name] ?? [])];
    const specs = layers.flatMap((layer) => TABLES[table].flatMap((key) => Object.entries(layer[key] ?? {})));
    return [...new Map(specs)].map(([name, value]) => ({ name, value, line: lineOf(manifest.text, name) }));
  });

const versionOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || !('version' in value)) return '';
  return typeof value.version === 'string' ? value.version : '';
};

/** All packages that the default environment asks for, to compare with a lock; those at a path have no entry of that name. */
export const listAsked = (manifest: PixiManifest): readonly Asked[] => {
  const conda = listSpecs(manifest, 'conda').map(({ name, value }) => ({ name, spec: versionOf(value) }));
  const pypi = listSpecs(manifest, 'pypi').map(({ name }) => ({ name, spec: '' }));
  return [...conda, ...pypi];
};

/** Tables of the manifest that nothing here uses. */
export const listUnused = ({ data }: PixiManifest): readonly string[] =>
  (['tasks', 'activation'] as const).filter((key) => Object.keys(data[key] ?? {}).length > 0);
