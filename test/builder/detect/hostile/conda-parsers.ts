import type { Parser } from './parsers.ts';

const DIGITS = { sha256: 'ab'.repeat(32), md5: 'cd'.repeat(16) };
const CONDA = 'https://conda.anaconda.org/conda-forge';
const PYTHON = `${CONDA}/linux-64/python-3.12.8-h9e4cc4f_1_cpython.conda`;
const TZDATA = `${CONDA}/noarch/tzdata-2025a-h78e105d_0.conda`;
const IDNA = 'https://files.pythonindex.org/packages/76/c6/idna-3.10-py3-none-any.whl';
const TORCH = 'https://download.example.org/torch-2.5.1%2Bcpu-cp312-cp312-linux_x86_64.whl';
const GIT = 'git+https://example.org/b.git?subdirectory=c&rev=main#0123456789abcdef';

const locked = (name: string, url: string, manager = 'conda') => ({
  name,
  version: '3.12.8',
  manager,
  platform: 'linux-64',
  dependencies: {},
  url,
  hash: DIGITS,
  category: 'main',
  optional: false,
});

const CONDA_LOCK = {
  version: 1,
  metadata: {
    content_hash: { 'linux-64': 'ab' },
    channels: [{ url: 'conda-forge', used_env_vars: [] }],
    platforms: ['linux-64'],
    sources: ['environment.yml'],
    inputs_metadata: { 'environment.yml': DIGITS },
  },
  package: [locked('python', PYTHON), locked('tzdata', TZDATA), locked('idna', IDNA, 'pip'), locked('b', GIT, 'pip')],
};

const EXPLICIT = `# platform: linux-64
@EXPLICIT
${PYTHON}#${DIGITS.md5}
${TZDATA}#sha256:${DIGITS.sha256}
# pip idna @ ${IDNA} --hash=sha256:${DIGITS.sha256}
`;

const references = [
  { conda: PYTHON },
  { conda: TZDATA },
  { pypi: IDNA },
  { pypi: TORCH },
  { pypi: GIT },
  { pypi: './pkg' },
];

const PIXI_LOCK = {
  version: 6,
  environments: {
    default: {
      channels: [{ url: `${CONDA}/` }],
      indexes: ['https://pypi.example/simple', 'https://index.example.org/simple'],
      packages: { 'linux-64': [...references, { pypi: './' }] },
    },
  },
  packages: [...references, { pypi: './' }].map((one, index) => ({
    ...one,
    name: `p${index}`,
    version: '1.0',
    ...DIGITS,
    editable: index > 4,
  })),
};

const PIXI_LOCK_5 = {
  version: 5,
  environments: { default: { channels: [], packages: { 'linux-64': references.slice(0, 3) } } },
  packages: [
    { kind: 'conda', name: 'python', url: PYTHON, ...DIGITS },
    { kind: 'conda', name: 'tzdata', url: TZDATA, md5: DIGITS.md5 },
    { kind: 'pypi', name: 'idna', version: '3.10', url: IDNA, sha256: DIGITS.sha256 },
  ],
};

const PIXI_TOML = `[workspace]
channels = ["conda-forge", { channel = "bioconda", priority = 1 }]
platforms = ["linux-64"]
[dependencies]
python = ">=3.11, <3.13"
numpy = { version = "*", build = "py*", channel = "conda-forge" }
[target.linux.dependencies]
tzdata = { url = "${TZDATA}", md5 = "${DIGITS.md5}" }
[pypi-dependencies]
idna = "==3.10"
requests = { version = ">=2", extras = ["socks"], index = "https://index.example.org/simple" }
b = { git = "https://example.org/b.git", rev = "abc", subdirectory = "c" }
pkg = { path = "pkg", editable = true }
[environments]
default = ["more"]
[feature.more.dependencies]
scipy = "1.14.*"
[activation.env]
A = "b"
`;

const PIXI_PYPROJECT = `[project]
name = "top"
requires-python = ">=3.11"
dependencies = ["idna>=3"]
[tool.pixi.workspace]
channels = ["conda-forge"]
platforms = ["linux-64"]
[tool.pixi.dependencies]
numpy = "*"
[tool.pixi.pypi-dependencies]
top = { path = ".", editable = true }
`;

const VARIABLES = {
  variables: { A: 'it\'s "$b" `c` \\', B: 1.1, C: true, D: '', PATH: '/x' },
  dependencies: ['python=3.11'],
};

/** A row for each parser of the files of conda's tools; a new one is a row more. */
export const CONDA_PARSERS: readonly Parser[] = [
  { title: 'conda-lock.yml', path: 'conda-lock.yml', format: 'lines' },
  {
    title: 'what conda-lock.yml holds',
    path: 'conda-lock.yml',
    format: 'json',
    samples: [],
    more: [JSON.stringify(CONDA_LOCK)],
    beside: { 'environment.yml': 'dependencies: [python, tzdata=2024, pip: [idna, -e ./pkg]]\n' },
  },
  {
    title: 'the environment.yml of a conda-lock.yml',
    path: 'environment.yml',
    format: 'lines',
    beside: { 'conda-lock.yml': JSON.stringify(CONDA_LOCK) },
  },
  { title: 'conda-linux-64.lock', path: 'conda-linux-64.lock', format: 'lines', more: [EXPLICIT] },
  {
    title: 'an address of a conda package',
    path: 'environment.yml',
    format: 'lines',
    samples: [],
    more: [PYTHON, `${TZDATA}#${DIGITS.md5}`, `https://example.org/a/noarch/x-1-0.tar.bz2#sha256:${DIGITS.sha256}`],
    write: (document) => JSON.stringify({ dependencies: [document] }),
  },
  {
    title: 'pixi.lock',
    path: 'pixi.lock',
    format: 'lines',
    samples: [],
    more: [PIXI_LOCK, PIXI_LOCK_5].map((lock) => JSON.stringify(lock, null, 1)),
  },
  {
    title: 'what pixi.lock holds',
    path: 'pixi.lock',
    format: 'json',
    samples: [],
    more: [JSON.stringify(PIXI_LOCK), JSON.stringify(PIXI_LOCK_5)],
    beside: { 'pixi.toml': PIXI_TOML, 'setup.py': '' },
  },
  {
    title: 'the pixi.toml of a pixi.lock',
    path: 'pixi.toml',
    format: 'toml',
    more: [PIXI_TOML],
    beside: { 'pixi.lock': JSON.stringify(PIXI_LOCK_5) },
  },
  { title: 'pixi.toml', path: 'pixi.toml', format: 'toml', more: [PIXI_TOML] },
  {
    title: 'pyproject.toml with [tool.pixi]',
    path: 'pyproject.toml',
    format: 'toml',
    samples: [],
    more: [PIXI_PYPROJECT],
  },
  {
    title: 'the variables of environment.yml',
    path: 'environment.yml',
    format: 'json',
    samples: [],
    more: [JSON.stringify(VARIABLES)],
  },
  {
    title: 'the value of a variable',
    path: 'environment.yml',
    format: 'lines',
    samples: [],
    more: ["it's", '"$HOME" \\', '`id`'],
    write: (document) => JSON.stringify({ variables: { A: document.replaceAll(/\p{Cc}/gu, ' ') }, dependencies: [] }),
  },
];
