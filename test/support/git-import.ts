import { execa } from 'execa';
import type { GitFile, GitFiles } from './git-files.ts';

/** Commits are made at a fixed time by a fixed author, so equal files give equal commit ids. */
const SIGNATURE = 'Test <test@example.org> 1714564800 +0000';

const quotePath = (path: string): string =>
  `"${path.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)}"`;

const renderData = (data: string | Uint8Array): Buffer => {
  const bytes = Buffer.from(data);
  return Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')]);
};

const renderFile = (path: string, file: GitFile): Buffer => {
  const render = (mode: string, data: string | Uint8Array): Buffer =>
    Buffer.concat([Buffer.from(`M ${mode} inline ${quotePath(path)}\n`), renderData(data)]);
  if (typeof file === 'string' || file instanceof Uint8Array) return render('100644', file);
  if ('submodule' in file) return Buffer.from(`M 160000 ${file.submodule} ${quotePath(path)}\n`);
  if ('link' in file) return render('120000', file.link);
  return render((file.mode & 0o100) === 0 ? '100644' : '100755', file.text);
};

type Commit = {
  readonly files: GitFiles;
  readonly message: string;
  /** Whether the default branch has a commit already, which this one follows. */
  readonly hasParent: boolean;
};

/** Adds a commit to the default branch of a repository by one process, without a work tree, and gives its id. */
export const importCommit = async (repository: string, { files, message, hasParent }: Commit): Promise<string> => {
  const input = Buffer.concat([
    Buffer.from(`commit refs/heads/main\nmark :1\ncommitter ${SIGNATURE}\n`),
    renderData(`${message}\n`),
    Buffer.from(hasParent ? 'from refs/heads/main^0\n' : ''),
    ...Object.entries(files).map(([path, file]) => renderFile(path, file)),
    Buffer.from('get-mark :1\n'),
  ]);
  return (await execa('git', ['-c', 'fastimport.unpackLimit=0', 'fast-import', '--quiet'], { cwd: repository, input }))
    .stdout;
};
