import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import type { PackageEntry } from '../python/package-entry.ts';

const Text = Type.Optional(Type.String());

const CondaTable = Type.Object({
  version: Text,
  build: Text,
  'build-number': Text,
  channel: Text,
  md5: Text,
  sha256: Text,
  url: Text,
  git: Text,
  path: Text,
});

const PypiTable = Type.Object({
  version: Text,
  extras: Type.Optional(Type.Array(Type.String())),
  index: Text,
  git: Text,
  rev: Text,
  branch: Text,
  tag: Text,
  subdirectory: Text,
  url: Text,
  path: Text,
  editable: Type.Optional(Type.Boolean()),
  'env-markers': Text,
});

/** Why a value cannot be installed, as the end of a sentence that begins with the name of the package. */
type Problem = { readonly problem: string };

/** As pixi reads it: without an operator or a wildcard, that version and no other. */
const renderVersion = (version: string): string => {
  const compact = version.replaceAll(/\s+/g, '');
  return /^[\w.!+]+$/.test(compact) ? `==${compact}` : compact;
};

const renderTable = (name: string, table: Static<typeof CondaTable>): string => {
  const { version = '*', channel, build, 'build-number': number, md5, sha256 } = table;
  const keys = Object.entries({ build, build_number: number, md5, sha256 });
  const given = keys.flatMap(([key, value]) => (value === undefined ? [] : [`${key}='${value}'`]));
  const prefix = channel === undefined ? '' : `${channel}::`;
  if (given.length === 0) return `${prefix}${name}${version === '*' ? '' : ` ${renderVersion(version)}`}`;
  const versions = version === '*' ? [] : [`version='${renderVersion(version)}'`];
  return `${prefix}${name}[${[...versions, ...given].join(',')}]`;
};

/** What one entry of [dependencies] asks of conda, as conda writes it. */
export const renderCondaSpec = (name: string, value: unknown): { readonly text: string } | Problem => {
  if (typeof value === 'string') return { text: renderTable(name, { version: value }) };
  if (!Value.Check(CondaTable, value)) return { problem: 'must have a version such as ">=1.2,<2" or "*", or a table.' };
  if (value.git !== undefined || value.path !== undefined)
    return { problem: 'is built from its source, which is not done here; name a version that a channel has.' };
  if (value.url === undefined) return { text: renderTable(name, value) };
  const checksum = value.sha256 === undefined ? value.md5 : `sha256:${value.sha256}`;
  return { text: checksum === undefined ? value.url : `${value.url}#${checksum}` };
};

type Entry = { readonly entry: Static<typeof PackageEntry>; readonly index?: string };

const makeEntry = (version: string): string | undefined =>
  version === '*' || /^\s*[~=!<>]/.test(version) ? version : undefined;

/** What one entry of [pypi-dependencies] asks of the Python index, in the form that Pipfile has too. */
export const toPackageEntry = (value: unknown): Entry | Problem => {
  const table = typeof value === 'string' ? { version: value } : value;
  if (!Value.Check(PypiTable, table)) return { problem: 'must have a version such as ">=1.2" or "*", or a table.' };
  const { version: written = '*', extras, index, subdirectory, git, url, path, editable } = table;
  const version = makeEntry(written);
  if (version === undefined) return { problem: `has the version ${JSON.stringify(written)}, which needs an operator.` };
  const ref = table.rev ?? table.tag ?? table.branch;
  const markers = table['env-markers'];
  const given = { extras, git, ref, subdirectory, path, file: url, editable, markers };
  const entry = Object.fromEntries(Object.entries(given).filter(([, one]) => one !== undefined));
  return { entry: { version, ...entry }, ...(index === undefined ? {} : { index }) };
};
