import { Type, type Static } from 'typebox';
import type { SourceLine } from '../logical-lines.ts';

const Text = Type.Optional(Type.String());

/** A package as Pipfile and Pipfile.lock write it: a version, or a table. */
export const PackageEntry = Type.Union([
  Type.String(),
  Type.Object({
    version: Text,
    extras: Type.Optional(Type.Array(Type.String())),
    markers: Text,
    hashes: Type.Optional(Type.Array(Type.String())),
    git: Text,
    ref: Text,
    subdirectory: Text,
    path: Text,
    file: Text,
    editable: Type.Optional(Type.Boolean()),
    os_name: Text,
    sys_platform: Text,
    platform_machine: Text,
    platform_python_implementation: Text,
    platform_release: Text,
    platform_system: Text,
    platform_version: Text,
    python_version: Text,
    python_full_version: Text,
    implementation_name: Text,
    implementation_version: Text,
  }),
]);
type Table = Exclude<Static<typeof PackageEntry>, string>;

const MARKER_KEYS = [
  'os_name',
  'sys_platform',
  'platform_machine',
  'platform_python_implementation',
  'platform_release',
  'platform_system',
  'platform_version',
  'python_version',
  'python_full_version',
  'implementation_name',
  'implementation_version',
] as const;

const renderMarker = (entry: Table): string => {
  const keys = MARKER_KEYS.flatMap((key) => (entry[key] === undefined ? [] : [`${key} ${entry[key]}`]));
  const markers = [...(entry.markers === undefined ? [] : [entry.markers]), ...keys];
  if (markers.length <= 1) return markers.map((marker) => ` ; ${marker}`).join('');
  return ` ; ${markers.map((marker) => `(${marker})`).join(' and ')}`;
};

const isAddress = (location: string): boolean => /^[a-z][a-z0-9+.-]*:/i.test(location);

const fromTop = (path: string): string => (/^[./]/.test(path) ? path : `./${path}`);

const renderGit = (name: string, { git = '', ref, subdirectory }: Table): string => {
  const address = `${git.startsWith('git+') ? '' : 'git+'}${git}${ref === undefined ? '' : `@${ref}`}`;
  return `${name} @ ${address}${subdirectory === undefined ? '' : `#subdirectory=${subdirectory}`}`;
};

const renderTarget = (name: string, entry: Table): string => {
  const extras = entry.extras === undefined || entry.extras.length === 0 ? '' : `[${entry.extras.join(',')}]`;
  if (entry.git !== undefined) return renderGit(`${name}${extras}`, entry);
  const location = entry.path ?? entry.file;
  if (location !== undefined && isAddress(location)) return `${name}${extras} @ ${location}`;
  if (location !== undefined) return `${fromTop(location)}${extras}`;
  const version = entry.version ?? '*';
  return `${name}${extras}${version === '*' ? '' : version}`;
};

export type RenderedEntry = SourceLine & { readonly isEditable: boolean };

/** The requirement that an entry amounts to, with its marker and hashes. */
export const renderEntry = (
  { name, line }: { readonly name: string; readonly line: number },
  entry: Static<typeof PackageEntry>,
): RenderedEntry => {
  const table = typeof entry === 'string' ? { version: entry } : entry;
  const isLocal = table.git === undefined && (table.path ?? table.file) !== undefined;
  const isEditable = isLocal && table.editable === true && !isAddress(table.path ?? table.file ?? '');
  const hashes = isLocal || table.git !== undefined ? [] : (table.hashes ?? []).map((hash) => ` --hash=${hash}`);
  const text = `${renderTarget(name, table)}${renderMarker(table)}${hashes.join('')}`;
  return { line, text: isEditable ? `-e ${text}` : text, isEditable };
};
