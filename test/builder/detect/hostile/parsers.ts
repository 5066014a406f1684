import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'smol-toml';
import type { RepositoryTable } from '../../../support/memory-repository-files.ts';
import type { Format, Sample } from './mutations.ts';

/** A parser of the detection: the file it reads, and how inputs for it are made. */
export type Parser = {
  readonly title: string;
  /** The file of the repository that holds the hostile document. */
  readonly path: string;
  readonly format: Format;
  /** Names of the fixtures' files that are the valid documents to change; `path` by itself. */
  readonly samples?: readonly string[];
  /** Valid documents of no fixture. */
  readonly more?: readonly string[];
  /** Puts the document where its parser finds it, when it is not the whole file. */
  readonly write?: (document: string) => string;
  readonly beside?: RepositoryTable;
};

const FIXTURES = join(import.meta.dirname, '../../../../fixtures/repos');
/** Larger documents say nothing more to a parser and only take time. */
const MAX_BYTES = 6000;

const fixtureFiles = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
  .map((path) => join(FIXTURES, path))
  .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);

const readData = (text: string, format: Format): unknown => {
  if (format === 'lines') return undefined;
  try {
    return format === 'json' ? JSON.parse(text) : parse(text);
  } catch {
    return undefined;
  }
};

/** The valid documents of a parser: what fixtures have, and what its row says. */
export const readSamples = ({ path, format, samples = [path], more = [] }: Parser): readonly Sample[] => {
  const found = fixtureFiles
    .filter((file) => samples.includes(basename(file)) && statSync(file).size <= MAX_BYTES)
    .map((file) => readFileSync(file, 'utf8'));
  return [...found, ...more].map((text) => ({ text, data: readData(text, format) }));
};

/** What documents may name: a file to include, a package, a wheel. */
export const SURROUNDINGS: RepositoryTable = {
  'r.txt': 'idna\n-c c.txt\n',
  'c.txt': 'six<2\n',
  'pkg/setup.py': '',
  'wheels/x-1-py3-none-any.whl': '',
};

const CONDA = {
  channels: ['conda-forge', 'https://example.org/a', 'nodefaults'],
  dependencies: [
    'python>=3.11,<3.14',
    'conda-forge::numpy=2.*',
    'scipy 1.11 py311h_0',
    { pip: ['six', '-e ./pkg', '-r r.txt'] },
  ],
};

/** A row for each parser but those of Python's tools; a new one is a row more. */
export const PARSERS: readonly Parser[] = [
  { title: 'apt.txt', path: 'apt.txt', format: 'lines', more: ['git\nlibfoo:i386 g++=4:12.2.0-3 # c\n'] },
  {
    title: 'runtime.txt',
    path: 'runtime.txt',
    format: 'lines',
    more: ['python-2024-01-10', 'r-4.5-2024-01-10', 'r-4.2'],
  },
  { title: 'DESCRIPTION', path: 'DESCRIPTION', format: 'lines' },
  { title: 'renv.lock', path: 'renv.lock', format: 'json' },
  { title: 'install.R', path: 'install.R', format: 'lines' },
  {
    title: 'devcontainer.json',
    path: '.devcontainer/devcontainer.json',
    format: 'json',
    samples: [],
    more: [
      JSON.stringify({
        image: 'debian:trixie',
        build: { dockerfile: '../Dockerfile.dev', context: '..', args: { A: 'b' }, target: 'dev' },
        onCreateCommand: 'echo a',
        updateContentCommand: ['echo', 'a b'],
        postCreateCommand: { a: 'x && y', b: ['c', 'd'] },
        features: {},
      }),
      JSON.stringify({
        image: 'ghcr.io/a/b:1.2@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
        postCreateCommand: 'pip install -r r.txt; echo $HOME',
      }),
    ],
    beside: { 'Dockerfile.dev': 'FROM scratch\n' },
  },
  {
    title: 'how devcontainer.json is written',
    path: '.devcontainer.json',
    format: 'lines',
    samples: ['devcontainer.json', '.devcontainer.json'],
    beside: { 'Dockerfile.dev': 'FROM scratch\n' },
  },
  { title: 'Project.toml', path: 'Project.toml', format: 'toml' },
  {
    title: 'Manifest.toml',
    path: 'Manifest.toml',
    format: 'toml',
    beside: { 'Project.toml': '[compat]\njulia = "1.10"\n' },
  },
  {
    title: 'the versions of Julia',
    path: 'Project.toml',
    format: 'lines',
    samples: [],
    more: ['1.6 - 1.9, ~1.10', '^1.6.2', '>= 1.3, =1.9.2', '1'],
    write: (document) => `[compat]\njulia = ${JSON.stringify(document)}\n`,
  },
  { title: 'requirements.txt', path: 'requirements.txt', format: 'lines' },
  {
    title: 'an included requirements file',
    path: 'deps/r.txt',
    format: 'lines',
    samples: ['requirements.txt'],
    beside: { 'requirements.txt': '-r deps/r.txt\n-c deps/r.txt\n' },
  },
  {
    title: 'an option of requirements.txt',
    path: 'requirements.txt',
    format: 'lines',
    samples: [],
    more: ['-r r.txt', '-e ./pkg[a]', '--find-links=wheels', '-fwheels', '--index-url "https://a/b"', '-c c.txt --pre'],
    write: (document) => `-${document.replaceAll(/[\r\n]/g, ' ').replace(/^-/, '')}\nsix\n`,
  },
  {
    title: 'a location in requirements.txt',
    path: 'requirements.txt',
    format: 'lines',
    samples: [],
    more: [
      './pkg',
      'file:///home/jovyan/pkg',
      'git+https://a/b.git@c#egg=d&subdirectory=e',
      'wheels/x-1-py3-none-any.whl[a] ; os_name == "posix"',
    ],
    write: (document) => `x @ ${document}\n`,
  },
  { title: 'environment.yml', path: 'environment.yml', format: 'lines' },
  {
    title: 'what environment.yml holds',
    path: 'environment.yml',
    format: 'json',
    samples: [],
    more: [JSON.stringify(CONDA)],
  },
  {
    title: 'a channel of conda',
    path: 'environment.yml',
    format: 'lines',
    samples: [],
    more: ['conda-forge', 'https://conda.anaconda.org/bioconda/linux-64', 'defaults', 'a/label/dev'],
    write: (document) => JSON.stringify({ channels: [document], dependencies: ['numpy', `${document}::x`] }),
  },
  {
    title: 'a package of conda',
    path: 'environment.yml',
    format: 'lines',
    samples: [],
    more: ['python=3.11', 'conda-forge::numpy >=1.2,<2|3.*', 'x[version="1",build=a]', 'numpy 1.26 py311_0'],
    write: (document) => JSON.stringify({ dependencies: [document, `python${document}`] }),
  },
  { title: 'postBuild', path: 'postBuild', format: 'lines' },
  { title: 'start', path: 'start', format: 'lines' },
  { title: 'Dockerfile', path: 'Dockerfile', format: 'lines' },
  {
    title: '.dockerignore',
    path: '.dockerignore',
    format: 'lines',
    more: ['# c\n*\n!a/b\n**/*.py\n[a-z]?/\\x\ndata\n', '**/a/**\n!**/b*\n[^a]*[!-z]\n'],
    beside: { Dockerfile: 'FROM scratch\n' },
  },
];
