import { open, lstat, readdir } from 'node:fs/promises';

/** What is unusual in a tree and would otherwise go unnoticed; each is a list of paths. */
export type TreeSurvey = {
  /** Files whose content Git LFS keeps elsewhere. */
  readonly pointers: readonly string[];
  /** Names that are not UTF-8. */
  readonly oddNames: readonly string[];
  /** Names that differ from another one of their directory by case alone. */
  readonly collisions: readonly string[];
};

const LFS_POINTER = Buffer.from('version https://git-lfs.github.com/spec/v1\n');
/** The specification of pointers allows no more. */
const MAX_POINTER_BYTES = 1024;

const isUtf8 = (name: Buffer): boolean => Buffer.from(name.toString()).equals(name);

const isPointer = async (path: Buffer): Promise<boolean> => {
  const { size } = await lstat(path);
  if (size < LFS_POINTER.length || size > MAX_POINTER_BYTES) return false;
  await using file = await open(path, 'r');
  const { buffer } = await file.read(Buffer.alloc(LFS_POINTER.length), 0, LFS_POINTER.length, 0);
  return buffer.equals(LFS_POINTER);
};

type Found = { readonly [Kind in keyof TreeSurvey]: string[] };

const surveyDirectory = async (directory: Buffer, prefix: string, found: Found): Promise<void> => {
  const seen = new Set<string>();
  for (const entry of await readdir(directory, { withFileTypes: true, encoding: 'buffer' })) {
    const shown = `${prefix}${entry.name.toString()}`;
    if (shown === '.git') continue;
    const source = Buffer.concat([directory, Buffer.from('/'), entry.name]);
    const folded = entry.name.toString().toLowerCase();
    if (!isUtf8(entry.name)) found.oddNames.push(shown);
    else if (seen.has(folded)) found.collisions.push(shown);
    seen.add(folded);
    if (entry.isDirectory()) await surveyDirectory(source, `${shown}/`, found);
    else if (entry.isFile() && (await isPointer(source))) found.pointers.push(shown);
  }
};

/** Looks through everything below `directory`, links not followed, `.git` left out. */
export const surveyTree = async (directory: string): Promise<TreeSurvey> => {
  const found: Found = { pointers: [], oddNames: [], collisions: [] };
  await surveyDirectory(Buffer.from(directory), '', found);
  return found;
};

const SHOWN = 5;

const list = (paths: readonly string[]): string => {
  const shown = paths.slice(0, SHOWN).map((path) => JSON.stringify(path));
  return `${shown.join(', ')}${paths.length > SHOWN ? ', …' : ''}`;
};

const count = (paths: readonly string[], one: string, many: string): string =>
  paths.length === 1 ? `1 ${one}` : `${paths.length} ${many}`;

/** One sentence for the log for each thing that a survey found. */
export const describeSurvey = ({ pointers, oddNames, collisions }: TreeSurvey): readonly string[] => [
  ...(pointers.length === 0
    ? []
    : [
        `${count(pointers, 'file is a Git LFS pointer', 'files are Git LFS pointers')} (${list(pointers)}): ` +
          'their content is kept outside of Git and is not downloaded; get it in postBuild or in the notebook',
      ]),
  ...(oddNames.length === 0
    ? []
    : [
        `${count(oddNames, 'name is', 'names are')} not UTF-8 (${list(oddNames)}): ` +
          'in the image a replacement character stands for what cannot be read',
      ]),
  ...(collisions.length === 0
    ? []
    : [
        `${count(collisions, 'name differs', 'names differ')} from another one by case alone (${list(collisions)}): ` +
          'they are different files here, but not on every computer',
      ]),
];
