import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { Evidence } from '../../../contracts/build-plan.ts';
import { decodeText } from '../decode-text.ts';
import type { PythonInstall } from '../detection.ts';
import { leave, type CondaContext, type CondaFound } from './conda-source.ts';
import { explainVariables, readEnvironmentFile, type EnvironmentFile } from './environment-yml.ts';
import { askedOf, explainAge, makeLocked, type Locked } from './lock-age.ts';

export type Digests = { readonly md5?: string; readonly sha256?: string };

/** A lock and the environment files that it was made of, as paths from its directory. */
export type LockOfFiles = {
  readonly file: string;
  readonly names: readonly string[];
  /** Of the files when the lock was written, where it notes them. */
  readonly digests?: Readonly<Record<string, Digests>>;
  readonly packages: readonly { readonly name: string; readonly version: string }[];
};

type Source = EnvironmentFile & { readonly file: string; readonly isUnchanged: boolean | undefined };

/** The digests that conda-lock notes are of the text with LF line ends. */
const isUnchanged = (text: string, { md5, sha256 }: Digests): boolean | undefined => {
  const digest = (kind: 'md5' | 'sha256') => createHash(kind).update(text.replaceAll(/\r\n?/g, '\n')).digest('hex');
  if (sha256 !== undefined) return digest('sha256') === sha256;
  return md5 === undefined ? undefined : digest('md5') === md5;
};

const readSources = ({ files }: CondaContext, { file, names, digests = {} }: LockOfFiles): readonly Source[] =>
  names.flatMap((name) => {
    const path = posix.join(posix.dirname(file), name);
    if (!/\.ya?ml$/.test(name) || path.startsWith('..') || files.kindOf(path) !== 'file') return [];
    const text = decodeText(files.read(path), { file: path, otherwise: 'refuse' });
    const known = Object.hasOwn(digests, name) ? (digests[name] ?? {}) : {};
    return [{ ...readEnvironmentFile(files, path), file: path, isUnchanged: isUnchanged(text, known) }];
  });

/** conda-lock leaves out what a comment such as `# [osx]` gives to another platform. */
const isForPlatform = ({ comment = '' }: { readonly comment?: string }): boolean => !/^\s*\[/.test(comment);

const explainSource = (source: Source, lock: string, locked: Locked): Evidence => {
  const pip = source.requirements === undefined ? [] : askedOf(source.requirements);
  const asked = [...source.packages.filter(isForPlatform), ...pip].filter(({ name }) => name !== 'pip');
  const changed = source.isUnchanged === false ? 'it was changed after the lock was written' : undefined;
  const why = source.isUnchanged === true ? undefined : (explainAge(asked, locked) ?? changed);
  const warning = why === undefined ? '' : `, which is out of date: ${why}; run conda-lock again`;
  return leave(source.file, `it is locked by ${lock}${warning}`);
};

/** What stands below pip: and names a place of the repository, which no lock has. */
const readLocalInstalls = ({ requirements }: Source): readonly PythonInstall[] => {
  const files = (requirements?.files ?? []).map((file) => ({
    ...file,
    lines: file.lines.filter(({ kind }) => kind === 'local' || kind === 'include'),
  }));
  const hasLocal = files.some(({ lines }) => lines.some(({ kind }) => kind === 'local'));
  return requirements === undefined || !hasLocal ? [] : [{ requirements: { ...requirements, files }, isExact: true }];
};

/**
 * What remains to be taken from the files that a lock was made of: variables, packages of the repository itself, and
 * whether the lock is older than they are. Throws as readEnvironmentFile.
 */
export const readLockedSources = (
  context: CondaContext,
  lock: LockOfFiles,
): Pick<CondaFound, 'variables' | 'installs' | 'evidence'> => {
  const sources = readSources(context, lock);
  const locked = makeLocked(lock.packages);
  const variables: Readonly<Record<string, string>> = Object.assign({}, ...sources.map((one) => one.variables));
  return {
    ...(Object.keys(variables).length === 0 ? {} : { variables }),
    installs: sources.flatMap(readLocalInstalls),
    evidence: sources.flatMap((source) => [
      explainSource(source, lock.file, locked),
      ...explainVariables(source.file, source),
    ]),
  };
};
