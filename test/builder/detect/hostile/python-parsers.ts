import type { Parser } from './parsers.ts';

const PYPROJECT = {
  'pyproject.toml': [
    '[project]',
    'name = "top"',
    'dependencies = ["a"]',
    '[build-system]',
    'requires = []',
    '[tool.poetry.dependencies]',
    'a = "^1"',
  ].join('\n'),
};

const UV_LOCK = `version = 1
requires-python = ">=3.11"
[[package]]
name = "top"
source = { editable = "." }
dependencies = [{ name = "a", extra = ["x"], marker = "sys_platform == 'linux' or platform_machine == 'arm64'" }]
[package.dev-dependencies]
dev = [{ name = "b" }]
[[package]]
name = "a"
version = "1.0"
source = { registry = "https://index.example.org/simple" }
wheels = [{ hash = "sha256:ab" }]
[package.optional-dependencies]
x = [{ name = "b" }]
[[package]]
name = "b"
version = "2.0"
source = { git = "https://example.org/b.git?subdirectory=c#0123456789abcdef" }
`;

const PYLOCK = `lock-version = "1.0"
requires-python = ">=3.11"
default-groups = ["dev"]
[[packages]]
name = "a"
version = "1.0"
index = "https://index.example.org/simple"
marker = "python_version >= '3.9' and 'dev' in dependency_groups"
wheels = [{ url = "https://example.org/a.whl", hashes = { sha256 = "ab" } }]
[[packages]]
name = "b"
directory = { path = "pkg", editable = true }
`;

/** A row for each parser of the files of Python's tools; a new one is a row more. */
export const PYTHON_PARSERS: readonly Parser[] = [
  { title: 'pyproject.toml', path: 'pyproject.toml', format: 'toml' },
  { title: 'Pipfile', path: 'Pipfile', format: 'toml' },
  { title: 'Pipfile.lock', path: 'Pipfile.lock', format: 'json' },
  { title: 'uv.lock', path: 'uv.lock', format: 'toml', more: [UV_LOCK], beside: PYPROJECT },
  { title: 'pylock.toml', path: 'pylock.toml', format: 'toml', more: [PYLOCK] },
  { title: 'poetry.lock', path: 'poetry.lock', format: 'toml', beside: PYPROJECT },
  {
    title: 'a marker of a lock',
    path: 'pylock.toml',
    format: 'lines',
    samples: [],
    more: [
      "python_version >= '3.9' and (os_name == 'posix' or 'dev' in dependency_groups)",
      "platform_machine != 'x86_64'",
    ],
    write: (document) =>
      `lock-version = "1.0"\n[[packages]]\nname = "a"\nversion = "1"\nmarker = ${JSON.stringify(document)}\n`,
  },
];
