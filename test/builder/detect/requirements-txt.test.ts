import { describe, expect, it } from 'vitest';
import type { RequirementLine } from '../../../services/builder/detect/detection.ts';
import { readRequirementsTxt } from '../../../services/builder/detect/requirements-txt.ts';
import { createMemoryRepositoryFiles, type RepositoryTable } from '../../support/memory-repository-files.ts';

const PACKAGES = { 'setup.py': '', 'sub/pkg/pyproject.toml': '', 'wheels/x-1-py3-none-any.whl': '', 'data/x.txt': '' };

const read = (table: RepositoryTable, path = 'requirements.txt') =>
  readRequirementsTxt(createMemoryRepositoryFiles(table), path);

const readLines = (text: string): readonly RequirementLine[] =>
  read({ ...PACKAGES, 'requirements.txt': text }).files.find(({ path }) => path === 'requirements.txt')?.lines ?? [];

const invalid = (message: string) =>
  expect.objectContaining({ code: 'DETECT_REQUIREMENTS_INVALID', message: expect.stringContaining(message) });

describe('requirements', () => {
  it.each([
    ['six', 'six'],
    ['six == 1.0', 'six == 1.0'],
    ['requests [security,socks] >= 2 ; python_version > "3"', 'requests [security,socks] >= 2 ; python_version > "3"'],
    ['six (>=1.0)', 'six (>=1.0)'],
    ['six===1.0', 'six===1.0'],
    ['x @ https://example.org/x.zip', 'x @ https://example.org/x.zip'],
    ['https://example.org/x-1-py3-none-any.whl', 'https://example.org/x-1-py3-none-any.whl'],
    ['git+https://example.org/x.git@main#egg=x', 'git+https://example.org/x.git@main#egg=x'],
    ['git+https://git@github.com/a/b.git', 'git+https://git@github.com/a/b.git'],
    ['-e git+https://example.org/x.git#egg=x', 'git+https://example.org/x.git#egg=x'],
    ['--editable=x @ git+https://example.org/x.git', 'x @ git+https://example.org/x.git'],
    ['setup', 'setup'],
    ['zope.interface', 'zope.interface'],
  ])('come from elsewhere: %s', (text, expected) => {
    expect(readLines(text)).toEqual([{ kind: 'requirement', text: expected, hasHash: false }]);
  });

  it('keep their hashes', () => {
    expect(readLines('six==1.0 \\\n  --hash=sha256:ab \\\n  --hash sha256:cd')).toEqual([
      { kind: 'requirement', text: 'six==1.0 --hash=sha256:ab --hash=sha256:cd', hasHash: true },
    ]);
  });

  it.each([
    ['-e .', '-e .'],
    ['-e=.', '-e .'],
    ['-e.', '-e .'],
    ['--editable .', '-e .'],
    ['--editable=./', '-e .'],
    ['-e ".[dev]"', '-e .[dev]'],
    ['.', '.'],
    ['.[dev]', '.[dev]'],
    ['./sub/pkg', './sub/pkg'],
    ['./sub/../sub/pkg/[a,b] ; python_version > "3"', './sub/pkg[a,b] ; python_version > "3"'],
    ['sub/pkg', './sub/pkg'],
    ['wheels/x-1-py3-none-any.whl', './wheels/x-1-py3-none-any.whl'],
    ['x @ ./sub/pkg', 'x @ ./sub/pkg'],
    ['x@./sub/pkg', 'x @ ./sub/pkg'],
    ['x[a] @ file:sub/pkg', 'x[a] @ ./sub/pkg'],
    ['x @ file:///home/jovyan/sub/pkg', 'x @ /home/jovyan/sub/pkg'],
    ['file:./sub/pkg#egg=x', './sub/pkg#egg=x'],
    ['/home/jovyan/sub/pkg', '/home/jovyan/sub/pkg'],
  ])('are paths of the repository: %s', (text, expected) => {
    expect(readLines(text)).toEqual([{ kind: 'local', text: expected }]);
  });

  it.each([
    ['./none', '"none" is not in the repository'],
    ['none/pkg', '"none/pkg" is not in the repository'],
    ['../pkg', '"../pkg" is not in the repository'],
    ['-e data', '"data" cannot be installed: it has neither pyproject.toml nor setup.py'],
    ['./data/x.txt', '"data/x.txt" is not a wheel or an archive'],
    ['x-1.whl', '"x-1.whl" is not in the repository'],
  ])('are refused as paths: %s', (text, message) => {
    expect(() => readLines(`six\n${text}`)).toThrow(invalid(`requirements.txt, line 2: ${message}`));
  });

  it.each([
    ['six=1.0', 'A version is written with two equals signs'],
    ['six 1.0', '"six 1.0" is not a requirement'],
    ['==1.0', 'is not a requirement'],
    ['<<<<<<< HEAD', 'is not a requirement'],
    ['import numpy', 'is not a requirement'],
    ['pip install six', 'is not a requirement'],
    ['naïve', 'is not a requirement'],
    ['six --global-option=x', '"--global-option=x" cannot stand behind a requirement'],
    ['six --hash=zz', '"--hash=zz" cannot stand behind'],
    ['git+ssh://git@example.org/x', 'needs a key'],
  ])('are refused: %s', (text, message) => {
    expect(() => readLines(`\n${text}`)).toThrow(invalid(message));
  });

  it.each([
    'x @ https://me:secret@example.org/x.zip',
    '--index-url https://secret@example.org/simple',
    '--extra-index-url=http://me:secret@example.org/simple',
    '-e git+https://${secret}@example.org/x.git',
  ])('with credentials are refused without showing them: %s', (text) => {
    expect(() => readLines(text)).toThrow(invalid('line 1: the address holds a user name or a password'));
    expect(() => readLines(text)).not.toThrow(/secret/);
  });
});

describe('options', () => {
  const option = (name: string, value = '', isLocal = false) => ({ kind: 'option', name, value, isLocal });

  it.each([
    ['-i https://a/', [option('--index-url', 'https://a/')]],
    ['--pypi-url https://a/', [option('--index-url', 'https://a/')]],
    ['-fhttps://a/', [option('--find-links', 'https://a/')]],
    ['--pre --no-index', [option('--pre'), option('--no-index')]],
    [
      '--index-url https://a/ --extra-index-url="https://b/"',
      [option('--index-url', 'https://a/'), option('--extra-index-url', 'https://b/')],
    ],
    ['--find-links wheels', [option('--find-links', 'wheels', true)]],
    ['--find-links=file:./wheels/', [option('--find-links', 'wheels', true)]],
    ['--no-binary :all:', [option('--no-binary', ':all:')]],
  ])('are read: %s', (text, expected) => {
    expect(readLines(text)).toEqual(expected);
  });

  it.each([
    ['--target /', '"--target" is not an option'],
    ['-x', '"-x" is not an option'],
    ['--no-index=yes', 'is not an option'],
    ['--index-url', '--index-url needs a value'],
    ['-e', '--editable needs a value'],
    ['-r a.txt b.txt', '"b.txt" is not an option'],
    ['--find-links nowhere', '"nowhere" is not in the repository'],
    ['-r "a.txt', 'a quote is opened and not closed'],
  ])('are refused: %s', (text, message) => {
    expect(() => readLines(text)).toThrow(invalid(message));
  });
});

describe('includes', () => {
  const paths = (table: RepositoryTable, path?: string) =>
    read(table, path).files.map(({ path, role }) => [path, role]);

  it.each(['-r a.txt', '-ra.txt', '-r=a.txt', '--requirement a.txt', '--requirement=a.txt', "-r 'a.txt'"])(
    'follow %s',
    (line) => {
      expect(paths({ 'requirements.txt': line, 'a.txt': 'six' })).toContainEqual(['a.txt', 'requirements']);
    },
  );

  it.each(['-c a.txt', '-ca.txt', '--constraint=a.txt'])('follow %s', (line) => {
    expect(paths({ 'requirements.txt': line, 'a.txt': 'six' })).toContainEqual(['a.txt', 'constraints']);
  });

  it('start from the file that they stand in, and are read once', () => {
    const table = {
      'binder/requirements.txt': '-r ../deps/a.txt',
      'deps/a.txt': '-r sub/b.txt\n-c ../c.txt',
      'deps/sub/b.txt': '-r ../a.txt\n-r ../../c.txt',
      'c.txt': '',
      'other.txt': '',
    };
    expect(paths(table, 'binder/requirements.txt')).toEqual([
      ['binder/requirements.txt', 'requirements'],
      ['c.txt', 'requirements'],
      ['deps/a.txt', 'requirements'],
      ['deps/sub/b.txt', 'requirements'],
    ]);
  });

  it.each([
    ['-r none.txt', 'it includes none.txt, which is not a file'],
    ['-r ..', 'it includes .., which is not a file'],
    ['-r /etc/passwd', '"/etc/passwd" is not a path inside of the repository'],
    ['-r ftp://example.org/r.txt', '"ftp://example.org/r.txt" is no file of the repository'],
    ['-c file:r.txt', '"file:r.txt" is no file of the repository'],
    ['-r "a$b.txt"', '"a$b.txt" has a sign that'],
  ])('are refused: %s', (line, message) => {
    expect(() => read({ 'requirements.txt': `\n-r a.txt`, 'a.txt': `six\n${line}` })).toThrow(
      invalid(`a.txt, line 2: ${message}`),
    );
  });

  it('do not go on without end', () => {
    const chain = Array.from({ length: 200 }, (_, n) => [`r${n}.txt`, `-r r${n + 1}.txt`]);
    const table = { ...Object.fromEntries(chain), 'r200.txt': '', 'requirements.txt': '-r r0.txt' };
    expect(() => read(table)).toThrow(invalid('requirements.txt: it includes more than 100 files'));
  });

  it('as constraints cannot name paths', () => {
    const table = { ...PACKAGES, 'requirements.txt': '-c c.txt', 'c.txt': '-e .' };
    expect(() => read(table)).toThrow(invalid('c.txt, line 1: a constraints file cannot name a path'));
  });
});
