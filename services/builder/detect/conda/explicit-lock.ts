import { findConfigFile } from '../config-file.ts';
import { decodeText } from '../decode-text.ts';
import { createDetectError, quoteText } from '../detect-error.ts';
import { splitLines, type SourceLine } from '../logical-lines.ts';
import type { LockedPackage } from '../python/locked-package.ts';
import { CONDA_PLATFORM, parseCondaFile, type CondaFile } from './conda-file.ts';
import { MAX_LOCK_BYTES, use, type FindConda } from './conda-source.ts';
import { makeLockedEnvironment, makeLockedPython } from './locked-environment.ts';
import { readLockedSources } from './locked-sources.ts';

const NAME = `conda-${CONDA_PLATFORM}.lock`;
const PIP = /^#\s*pip\s+(?<name>\S+)\s+@\s+(?<location>\S+?)(?:\s+--hash=sha256:(?<sha256>[0-9a-f]+))?\s*$/;
const VERSION = /^[^/]*?-(?<version>\d[^-/]*?)(?:-[^/]*\.whl|\.tar\.gz|\.zip)$/;

const fail = (file: string, line: number | undefined, problem: string) =>
  createDetectError('DETECT_LOCK_INVALID', { file, ...(line === undefined ? {} : { line }), problem });

const readConda = ({ text, line }: SourceLine, file: string): CondaFile => {
  const found = parseCondaFile(text);
  if (typeof found === 'string') throw fail(file, line, `${quoteText(text.trim())} ${found}`);
  return found;
};

/** conda-lock writes Python packages as comments, since conda has no word for them. */
const readPython = ({ text, line }: SourceLine): readonly LockedPackage[] => {
  const { name, location, sha256 } = PIP.exec(text)?.groups ?? {};
  if (name === undefined || location === undefined) return [];
  const version = VERSION.exec(location.split('/').at(-1) ?? '')?.groups?.['version'] ?? '';
  // Without its version only the address can say which package it is.
  const named = makeLockedPython({ name, version, location, sha256, line });
  const address = { kind: 'address', address: location, hasHash: sha256 !== undefined } as const;
  return [version === '' && named.origin.kind === 'index' ? { ...named, origin: address } : named];
};

const checkHead = (lines: readonly SourceLine[], file: string): void => {
  const platform = lines.find(({ text }) => /^#\s*platform:/.test(text));
  const name = platform?.text.replace(/^#\s*platform:\s*/, '').trim();
  if (name !== undefined && name !== CONDA_PLATFORM)
    throw fail(file, platform?.line, `it is for ${quoteText(name)}; images are for ${CONDA_PLATFORM}.`);
  if (!lines.some(({ text }) => text.trim() === '@EXPLICIT'))
    throw fail(file, undefined, 'it has no line @EXPLICIT, behind which the addresses of packages stand.');
};

const explainUnchecked = (packages: readonly CondaFile[]): string => {
  const count = packages.filter(({ checksum }) => checksum === undefined).length;
  return count === 0 ? '' : `; ${count} of them have no checksum, so what is downloaded is not verified`;
};

/** conda-linux-64.lock, an explicit list of addresses. Throws DETECT_LOCK_INVALID with file and line. */
export const findExplicitLock: FindConda = (context) => {
  const file = findConfigFile(context.files, context.directory, NAME);
  if (file === undefined) return undefined;
  const text = decodeText(context.files.read(file, MAX_LOCK_BYTES), { file, otherwise: 'refuse' });
  const lines = splitLines(text);
  checkHead(lines, file);
  const isAddress = ({ text: line }: SourceLine) => !/^\s*(?:$|#|@EXPLICIT\s*$)/.test(line);
  const packages = lines.filter(isAddress).map((line) => readConda(line, file));
  const python = lines.flatMap(readPython);
  const count = packages.length + python.length;
  const { installs, ...environment } = makeLockedEnvironment(context, { file, packages, python });
  const names = ['environment.yml', 'environment.yaml'];
  const sources = readLockedSources(context, { file, names, packages: [...packages, ...python] });
  return {
    ...environment,
    ...sources,
    installs: [...installs, ...sources.installs],
    evidence: [
      use(file, `it says exactly which ${count} packages are installed${explainUnchecked(packages)}`),
      ...sources.evidence,
    ],
  };
};
