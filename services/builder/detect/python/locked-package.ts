import { isPublicIndex } from '../public-index.ts';
import type { SourceLine } from '../logical-lines.ts';
import type { Condition } from './marker.ts';

/** Where a lock has a package from; paths start from the directory of the lock. */
export type Origin =
  | { readonly kind: 'index' }
  | { readonly kind: 'address'; readonly address: string; readonly hasHash: boolean }
  | { readonly kind: 'path'; readonly path: string; readonly isEditable: boolean };

/** One package of a lock, as all locks have it. */
export type LockedPackage = {
  readonly name: string;
  readonly version: string;
  readonly origin: Origin;
  /** `sha256:…`, of all files that the lock knows. */
  readonly hashes: readonly string[];
  readonly condition: Condition;
  readonly line: number;
};

/** `git+<address>?subdirectory=…#<commit>`, as uv and pixi write it, in the form that a requirement has. */
export const parseLockedGit = (text: string): Origin => {
  const [, address = '', query = '', commit = ''] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/.exec(text) ?? [];
  const subdirectory = new URLSearchParams(query).get('subdirectory');
  const fragment = subdirectory === null ? '' : `#subdirectory=${subdirectory}`;
  return { kind: 'address', address: `git+${address}@${commit}${fragment}`, hasHash: false };
};

const isAtTop = ({ origin }: LockedPackage): boolean => origin.kind === 'path' && /^(?:\.\/?)?$/.test(origin.path);

const renderTarget = ({ name, version, origin }: LockedPackage): string => {
  if (origin.kind === 'index') return `${name}==${version}`;
  if (origin.kind === 'address') return `${name} @ ${origin.address}`;
  return /^[./]/.test(origin.path) ? origin.path : `./${origin.path}`;
};

const renderPackage = (locked: LockedPackage): SourceLine => {
  const { origin, condition, hashes, line } = locked;
  const marker = typeof condition === 'string' ? ` ; ${condition}` : '';
  const isHashed = origin.kind === 'index' || (origin.kind === 'address' && origin.hasHash);
  const options = isHashed ? hashes.map((hash) => ` --hash=${hash}`).join('') : '';
  return { line, text: `${renderTarget(locked)}${marker}${options}` };
};

/** The lines of a requirements file that a lock amounts to; the project itself, at the top, is not among them. */
export const renderLocked = (
  packages: readonly LockedPackage[],
): { readonly lines: readonly SourceLine[]; readonly options: readonly SourceLine[] } => {
  const kept = packages.filter((one) => one.condition !== false && !isAtTop(one));
  const isEditable = ({ origin }: LockedPackage) => origin.kind === 'path' && origin.isEditable;
  return {
    lines: kept.filter((one) => !isEditable(one)).map(renderPackage),
    options: kept.filter(isEditable).map((one) => ({ line: one.line, text: `-e ${renderPackage(one).text}` })),
  };
};

/** Options for the indexes that packages are from beside the default one. */
export const renderIndexes = (urls: readonly (string | undefined)[], line: number): readonly SourceLine[] =>
  [...new Set(urls)]
    .filter((url) => url !== undefined && !isPublicIndex(url))
    .map((url) => ({ line, text: `--extra-index-url ${url}` }));
