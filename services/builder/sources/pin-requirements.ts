import type { Evidence } from '../../contracts/build-plan.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { createDetectError } from '../detect/detect-error.ts';
import type { RequirementLine, RequirementSet, RequirementsFile } from '../detect/detection.ts';
import { fetchedPath, parseFetched, type AddressLine } from './fetched-requirements.ts';
import type { MovingSources } from './moving-sources.ts';
import { nameCommit, parseRequirementSource, type RequirementSource } from './requirement-source.ts';

/** A set in which nothing moves, and what was found out on the way. */
export type PinnedRequirements = { readonly set: RequirementSet; readonly evidence: readonly Evidence[] };

type Pinning = { readonly sources: MovingSources; readonly signal: AbortSignal };
type PinnedLine = { readonly lines: readonly RequirementLine[]; readonly because?: string };
type Requirement = Extract<RequirementLine, { kind: 'requirement' }>;
type Source<Kind> = Extract<RequirementSource, { kind: Kind }>;

/** More than any project has; keeps a hostile chain of files from going on. */
const MAX_FILES = 100;
/** uv takes such a name for a commit where no branch or tag has it; ls-remote cannot find it. */
const SHORT_COMMIT = /^[0-9a-f]{7,63}$/i;

const pinGit = async (line: Requirement, source: Source<'git'>, { sources, signal }: Pinning): Promise<PinnedLine> => {
  const { address, repository, ref } = source;
  const commit = await sources.findCommit(repository, ref, signal);
  if (commit !== undefined)
    return {
      lines: [{ ...line, text: nameCommit(line.text, address, commit) }],
      because: `git+${address} is at commit ${commit}`,
    };
  if (SHORT_COMMIT.test(ref))
    return { lines: [line], because: `git+${address} is taken as a commit, which never moves` };
  const name = ref === 'HEAD' ? 'default branch' : `branch or tag ${ref}`;
  throw new SlipwayError('SOURCE_NOT_FOUND', { message: `The Git repository ${repository.href} has no ${name}.` });
};

/** Only what the server says about the archive is asked for: to load it would make every launch wait for it. */
const noteArchive = async (
  line: Requirement,
  { address }: Source<'archive'>,
  pinning: Pinning,
): Promise<PinnedLine> => {
  const version = await pinning.sources.findVersion(address, pinning.signal);
  const shown = `${address.origin}${address.pathname}`;
  if (version === undefined)
    return { lines: [line], because: `the server of ${shown} does not say which version it has` };
  const text = `${shown} has version ${version}`;
  return { lines: [{ kind: 'note', text }, line], because: text };
};

const pinLine = async (line: RequirementLine, pinning: Pinning): Promise<PinnedLine> => {
  if (line.kind === 'address') {
    const include = { kind: 'include', option: line.option, path: fetchedPath(line) } as const;
    return { lines: [include], because: `${line.url} was fetched` };
  }
  const source = line.kind === 'requirement' ? parseRequirementSource(line.text) : undefined;
  if (line.kind !== 'requirement' || source === undefined) return { lines: [line] };
  return source.kind === 'git' ? pinGit(line, source, pinning) : noteArchive(line, source, pinning);
};

type PinnedFile = { readonly file: RequirementsFile; readonly evidence: readonly Evidence[] };

const pinFile = async (file: RequirementsFile, pinning: Pinning): Promise<PinnedFile> => {
  const pinned: PinnedLine[] = [];
  for (const line of file.lines) pinned.push(await pinLine(line, pinning));
  return {
    file: { ...file, lines: pinned.flatMap(({ lines }) => lines) },
    evidence: pinned.flatMap(({ because }) =>
      because === undefined ? [] : [{ file: file.path, used: true, because }],
    ),
  };
};

const addressesOf = ({ lines }: RequirementsFile): readonly AddressLine[] =>
  lines.filter((line) => line.kind === 'address');

/** Fetches what a set includes by an address, and what those files include. */
const fetchIncluded = async (set: RequirementSet, { sources, signal }: Pinning): Promise<RequirementsFile[]> => {
  const found = new Map(set.files.map((file) => [file.path, file]));
  const waiting = set.files.flatMap(addressesOf);
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (found.has(fetchedPath(next))) continue;
    if (found.size >= MAX_FILES)
      throw createDetectError('DETECT_REQUIREMENTS_INVALID', {
        file: set.root,
        problem: `it includes more than ${MAX_FILES} files.`,
      });
    const file = parseFetched(next, await sources.readFile(new URL(next.url), signal));
    found.set(file.path, file);
    waiting.push(...addressesOf(file));
  }
  return [...found.values()];
};

/**
 * Puts what does not move in place of what does: a commit for a branch, the text for a file on a server, and for an
 * archive a note of the version that its server says it has. Throws SOURCE_ errors, and DETECT_ errors of what was
 * fetched.
 */
export const pinRequirements = async (set: RequirementSet, pinning: Pinning): Promise<PinnedRequirements> => {
  const pinned: PinnedFile[] = [];
  for (const file of await fetchIncluded(set, pinning)) pinned.push(await pinFile(file, pinning));
  const files = pinned.map(({ file }) => file).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return { set: { ...set, files }, evidence: pinned.flatMap(({ evidence }) => evidence) };
};
