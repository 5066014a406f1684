import { expect } from 'vitest';
import type { EdgeCase } from './edge-case.ts';

const project = (lines: string): string => `[project]\nname = "near"\nversion = "1"\n${lines}`;

/** Projects, locks and versions of Python. */
export const PYTHON_CASES: readonly EdgeCase[] = [
  {
    number: 42,
    title: 'runtime.txt names a patch version',
    verify: ({ environment, reasons }) => {
      expect(environment({ 'runtime.txt': 'python-3.11.4' }).python).toMatch(/^3\.11/);
      expect(reasons({ 'runtime.txt': 'python-3.11.4' })).toMatch(/runtime.txt used: it asks for Python 3\.11\.4/);
    },
  },
  {
    number: 43,
    title: 'requires-python is a range: what is chosen stays when newer Pythons come',
    verify: ({ environment }) => {
      const pythonFor = (range: string) =>
        environment({ 'pyproject.toml': `${project(`requires-python = "${range}"\n`)}[build-system]\n` }).python;
      expect(pythonFor('>=3.9')).toBe('3.13');
      expect(pythonFor('>=3.12')).toBe('3.13');
      expect(pythonFor('>=3.10,<3.13')).toBe('3.12');
      expect(pythonFor('>=3.14')).toBe('3.14');
    },
  },
  {
    number: 44,
    title: 'a project has no build system, or only its tool knows what it needs',
    verify: ({ environment }) => {
      const staged = (files: Record<string, string>) =>
        environment(files)
          .files.map(({ text }) => text)
          .join('');
      expect(staged({ 'pyproject.toml': project('dependencies = ["six"]\n') })).toBe('six\n');
      const lock =
        'version = 1\n[[package]]\nname = "near"\nsource = { virtual = "." }\ndependencies = [{ name = "six" }]\n[[package]]\nname = "six"\nversion = "1.16.0"\nsource = { registry = "https://index.example.org/simple" }\nwheels = [{ hash = "sha256:ab" }]\n';
      expect(staged({ 'uv.lock': lock, 'pyproject.toml': project('') })).toContain('six==1.16.0 --hash=sha256:ab\n');
      const pylock = 'lock-version = "1.0"\n[[packages]]\nname = "six"\nversion = "1.16.0"\n';
      expect(staged({ 'pylock.toml': pylock })).toContain('six==1.16.0\n');
      const poetry =
        '[tool.poetry]\nname = "near"\n[tool.poetry.dependencies]\nsix = "*"\n[build-system]\nrequires = ["poetry-core"]\n';
      expect(environment({ 'pyproject.toml': poetry })).toMatchObject({ after: [{ kind: 'local-packages' }] });
    },
  },
  {
    number: 45,
    title: 'the build of the project imports what it needs and takes its version from Git',
    verify: async ({ build, run }) => {
      const { image, result } = await build({
        'pyproject.toml':
          '[project]\nname = "near"\ndynamic = ["version"]\n[build-system]\nrequires = ["setuptools", "setuptools-scm", "six"]\nbuild-backend = "setuptools.build_meta"\n[tool.setuptools_scm]\n',
        'setup.py': 'import six\nfrom setuptools import setup\nsetup(py_modules=["near"])\n',
        'near.py': 'NAME = "near"\n',
      });
      expect(result).toMatchObject({ ok: true });
      const code = 'import importlib.metadata as m, importlib.util as u; print(m.version("near"), u.find_spec("six"))';
      expect((await run(image, ['python', '-c', code])).output).toMatch(/^0\+unknown (?:None|ModuleSpec)/);
    },
  },
  {
    number: 46,
    title: 'Pipfile.lock is older than Pipfile',
    verify: ({ environment }) => {
      const lock = {
        _meta: { hash: { sha256: 'of another Pipfile' } },
        default: { six: { version: '==1.16.0' } },
        develop: {},
      };
      const { files } = environment({
        Pipfile: '[packages]\nsix = "*"\nidna = "*"\n',
        'Pipfile.lock': JSON.stringify(lock),
      });
      expect(files.map(({ text }) => text)).toEqual(['six==1.16.0\n']);
    },
  },
  {
    number: 47,
    title: 'a Pipfile in the binder directory names the directory above',
    verify: ({ environment }) => {
      const plan = environment({
        'binder/Pipfile': '[packages]\nnear = {path = "..", editable = true}\n',
        'setup.py': '',
      });
      const [step] = plan.after;
      expect(step).toMatchObject({ kind: 'local-packages' });
      expect(step?.kind === 'local-packages' && step.files.map(({ text }) => text).join('')).toMatch(/^-e \.$/m);
    },
  },
];
