import { createHash } from 'node:crypto';
import { decodeText } from '../detect/decode-text.ts';
import type { RequirementLine, RequirementsFile } from '../detect/detection.ts';
import { joinLogicalLines, splitLines } from '../detect/logical-lines.ts';
import type { RepositoryFiles } from '../detect/repository-files.ts';
import { parseRequirementLine } from '../detect/requirement-line.ts';

export type AddressLine = Extract<RequirementLine, { kind: 'address' }>;

/** A fetched file sees nothing of the repository: what it names by a path would be another thing in each. */
const NOTHING: RepositoryFiles = { kindOf: () => undefined, list: () => [], read: () => new Uint8Array() };

const roleOf = ({ option }: AddressLine): RequirementsFile['role'] =>
  option === '--constraint' ? 'constraints' : 'requirements';

/** Where a fetched file stands among those of the repository; below a directory that is not one of theirs. */
export const fetchedPath = (line: AddressLine): string =>
  `.fetched/${createHash('sha256')
    .update(`${roleOf(line)} ${line.url}`)
    .digest('hex')
    .slice(0, 16)}.txt`;

/** Reads a fetched file of requirements. Throws DETECT_ errors that name its address and the line. */
export const parseFetched = (line: AddressLine, bytes: Uint8Array): RequirementsFile => {
  const address = new URL(line.url);
  const file = `${address.origin}${address.pathname}`;
  const role = roleOf(line);
  const text = decodeText(bytes, { file, otherwise: 'latin1' });
  const lines = joinLogicalLines(splitLines(text)).flatMap((source) =>
    parseRequirementLine(source, { files: NOTHING, base: '', file, role, address }),
  );
  return { path: fetchedPath(line), role, lines };
};
