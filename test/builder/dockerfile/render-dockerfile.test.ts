import { describe, expect, it } from 'vitest';
import type { EnvironmentPlan } from '../../../services/contracts/build-plan.ts';
import { EMPTY_PLAN } from '../../support/environment-plan.ts';
import {
  commitEnvironment,
  commitStagedFiles,
  needsCommitBuild,
  renderCommitDockerfile,
} from '../../../services/builder/dockerfile/commit-dockerfile.ts';
import {
  needsEnvironmentBuild,
  renderEnvironmentDockerfile,
} from '../../../services/builder/dockerfile/environment-dockerfile.ts';
import { renderIndexScript } from '../../../services/builder/dockerfile/network-access.ts';
import { renderDockerfile } from '../../../services/builder/dockerfile/render-dockerfile.ts';
import { renderRun } from '../../../services/builder/dockerfile/run-instruction.ts';
import { stepKind } from '../../../services/builder/dockerfile/step-kind.ts';

const INSTALL = { kind: 'requirements', file: 'requirements.txt', prerelease: false, ownIndex: false } as const;
const FULL: EnvironmentPlan = {
  ...EMPTY_PLAN,
  apt: ['g++', 'jq=1.6~a'],
  install: [INSTALL],
  files: [{ path: 'requirements.txt', text: 'six\n' }],
  crlf: ['binder/postBuild', 'binder/start'],
  after: [
    { kind: 'local-packages', install: INSTALL, files: [{ path: 'requirements.txt', text: 'six\n.\n' }] },
    { kind: 'post-build', file: 'binder/postBuild', hasShebang: true },
  ],
  start: { file: 'binder/start', hasShebang: true },
};
const PLAIN = { caBundle: false, index: false, packageCache: 'slipway', juliaMirror: 'https://julia.example' };
const BEHIND_PROXY = { ...PLAIN, caBundle: true, index: true };

const environment = (plan: EnvironmentPlan, network = PLAIN) =>
  renderEnvironmentDockerfile(plan, { base: 'base:1', ...network });
const commit = (plan: EnvironmentPlan, network = PLAIN) =>
  renderCommitDockerfile(plan, { environment: 'env:1', ...network });
/** Instructions, continued lines joined as BuildKit shows them. */
const instructions = (text: string): string[] => text.replaceAll('\\\n', '').trim().split('\n');
const runs = (text: string): string[] => instructions(text).filter((line) => line.startsWith('RUN '));

describe('the environment', () => {
  it('is built only where something is installed', () => {
    expect(needsEnvironmentBuild(EMPTY_PLAN)).toBe(false);
    expect(needsEnvironmentBuild({ ...EMPTY_PLAN, apt: ['jq'] })).toBe(true);
    expect(needsEnvironmentBuild(FULL)).toBe(true);
  });

  it('installs Debian packages as root, then Python packages as the user', () => {
    expect(instructions(environment(FULL)).map((line) => line.slice(0, 11))).toEqual([
      'FROM base:1',
      'USER root',
      'RUN --mount',
      'USER jovyan',
      'RUN --mount',
    ]);
    expect(environment(FULL)).toContain("install --yes --no-install-recommends -- g++ 'jq=1.6~a'");
  });

  it('does not become root where no Debian package is asked for', () => {
    expect(environment({ ...FULL, apt: [] })).not.toContain('root');
  });

  it('names each step so that its failure can be told', () => {
    expect(runs(environment(FULL)).map((text) => stepKind(`[2/3] ${text}`))).toEqual(['apt', 'install']);
    expect(runs(commit(FULL)).map(stepKind)).toEqual(['other', 'local-packages', 'post-build', 'record']);
    expect(stepKind('[1/3] FROM base:1')).toBe('other');
    expect(stepKind('executor failed running [/bin/sh -c : slipway:install   && export A=b]: exit code: 1')).toBe(
      'install',
    );
  });

  it('records what is installed at the end, by the only installation or after all of them', () => {
    const lastOf = (plan: EnvironmentPlan): string => runs(environment(plan)).at(-1) ?? '';
    expect(lastOf(FULL)).toMatch(
      /^RUN .* : slipway:install .*record\.py \S+ \/srv\/slipway \S+base-environment\/bin\/python$/,
    );
    expect(stepKind(lastOf({ ...FULL, install: [] }))).toBe('record');
    const twice = { ...FULL, install: [INSTALL, { ...INSTALL, ownIndex: true }] };
    expect(runs(environment(twice)).map(stepKind)).toEqual(['apt', 'install', 'install', 'record']);
    expect(environment(twice).match(/record\.py/g)).toHaveLength(1);
  });

  it('passes pre-releases on, and the index of the operator only to files without their own', () => {
    const withStep = (step: Partial<typeof INSTALL> | object) => ({ ...FULL, install: [{ ...INSTALL, ...step }] });
    expect(environment(withStep({ prerelease: true }))).toContain('--prerelease allow');
    expect(environment(FULL, BEHIND_PROXY)).toContain('&& . /run/slipway/index.sh');
    expect(environment(withStep({ ownIndex: true }), BEHIND_PROXY)).not.toContain('. /run/slipway/index.sh');
  });

  it('leaves nothing of the network in the image', () => {
    for (const text of [environment(FULL, BEHIND_PROXY), commit(FULL, BEHIND_PROXY)]) {
      const kept = instructions(text).filter((line) => !line.startsWith('RUN '));
      expect(kept.join('\n')).not.toMatch(/ca\.pem|index\.sh|CERT/);
    }
    expect(environment(FULL) + commit(FULL)).not.toMatch(/ca\.pem|CERT|index\.sh/);
  });

  it('gives the authorities to each step that reaches the network', () => {
    const steps = [...runs(environment(FULL, BEHIND_PROXY)), ...runs(commit(FULL, BEHIND_PROXY))];
    const withAuthorities = steps.filter((step) => step.includes('source=ca.pem')).map(stepKind);
    expect(withAuthorities).toEqual(['apt', 'install', 'local-packages', 'post-build', 'record']);
  });

  it('reads the address of the index, which may hold credentials, from a file and never writes it down', () => {
    const steps = [...runs(environment(FULL, BEHIND_PROXY)), ...runs(commit(FULL, BEHIND_PROXY))];
    const reading = steps.filter((step) => step.includes('&& . /run/slipway/index.sh  &&'));
    expect(reading.map(stepKind)).toEqual(['install', 'local-packages', 'post-build', 'record']);
    expect(reading.every((step) => step.includes('source=index.sh,target=/run/slipway/index.sh'))).toBe(true);
    expect(renderIndexScript("https://u:p'w@index.example/simple")).toBe(
      `export UV_DEFAULT_INDEX='https://u:p'\\''w@index.example/simple' PIP_INDEX_URL='https://u:p'\\''w@index.example/simple'\n`,
    );
  });

  it('has a cache in reach only where nothing of a package runs', () => {
    const cached = (text: string) => runs(text).filter((step) => step.includes('type=cache'));
    const reading = cached(environment(FULL)).filter((step) => stepKind(step) !== 'apt');
    expect(reading.map(stepKind)).toEqual(['install']);
    expect(reading[0]).toContain('id=slipway-wheels,');
    expect(reading[0]).toContain(' --no-build');
    const fromSources = renderEnvironmentDockerfile(FULL, { base: 'b', ...PLAIN, fromSources: true });
    for (const text of [
      fromSources,
      environment({ ...FULL, julia: { version: '1.10.0', directory: '' } }),
      commit(FULL),
    ])
      expect(cached(text).map(stepKind)).not.toContain('install');
  });
});

describe('a conda environment', () => {
  const solve = {
    kind: 'solve',
    file: 'environment.yml',
    channels: ['conda-forge'],
    specs: [{ text: 'numpy', line: 2 }],
  } as const;
  const CONDA: EnvironmentPlan = {
    ...FULL,
    conda: { ...solve, channels: [...solve.channels], specs: [...solve.specs] },
  };

  it('is a build even without anything else', () => {
    expect(needsEnvironmentBuild({ ...CONDA, apt: [], install: [] })).toBe(true);
  });

  it('is installed after Debian packages and before those of Python, by a tool that stays outside', () => {
    expect(runs(environment(CONDA)).map(stepKind)).toEqual(['conda-tool', 'apt', 'conda', 'conda', 'install']);
    expect(environment(CONDA).match(/^FROM .*$/gm)).toEqual(['FROM base:1 AS conda-tool', 'FROM base:1']);
    expect(renderDockerfile(CONDA, { base: 'base:1', ...PLAIN })).toContain('FROM base:1 AS environment');
  });

  it('has a tool that does not change with what a repository asks for', () => {
    const [tool] = runs(environment(CONDA));
    expect(tool).toContain('source=conda/requirements.txt,');
    expect(tool).not.toMatch(/source=conda,|request/);
  });

  it('gets all Python packages, before and after the content', () => {
    for (const text of [environment(CONDA), commit(CONDA)]) {
      expect(text).toContain('uv pip install --python "$KERNEL_PYTHON_PREFIX/bin/python"');
      expect(text).not.toContain('uv pip install --python "$NB_PYTHON_PREFIX/bin/python"');
    }
  });

  it('reaches the network as the operator says', () => {
    const [tool = '', , packages, kernel = ''] = runs(environment(CONDA, BEHIND_PROXY));
    expect(packages).toMatch(/source=ca\.pem.*SSL_CERT_FILE=/);
    for (const step of [tool, kernel])
      expect(step).toMatch(/source=ca\.pem.*source=index\.sh.*SSL_CERT_FILE=.*\. \/run\/slipway\/index\.sh {2}&& /);
  });
});

describe('the commit', () => {
  it('is built only where something runs after the content', () => {
    expect(needsCommitBuild(EMPTY_PLAN)).toBe(false);
    expect(needsCommitBuild({ ...EMPTY_PLAN, start: { file: 'start', hasShebang: true } })).toBe(false);
    expect(needsCommitBuild({ ...EMPTY_PLAN, crlf: ['start'] })).toBe(true);
    expect(needsCommitBuild(FULL)).toBe(true);
  });

  it('has the start script as configuration', () => {
    expect(commitEnvironment(EMPTY_PLAN)).toEqual({});
    expect(commitEnvironment(FULL)).toEqual({ R2D_ENTRYPOINT: '/home/jovyan/binder/start' });
    expect(instructions(commit(FULL)).at(-1)).toBe('ENV R2D_ENTRYPOINT="/home/jovyan/binder/start"');
  });

  it('runs a script without an interpreter line by sh', () => {
    const withScript = (hasShebang: boolean) =>
      commit({ ...EMPTY_PLAN, after: [{ kind: 'post-build', file: 'postBuild', hasShebang }] });
    expect(withScript(true)).toContain('chmod +x -- ./postBuild \\\n && ./postBuild');
    expect(withScript(false)).toContain('&& sh ./postBuild');
  });

  it('stages the files of its own installation', () => {
    expect(commitStagedFiles(FULL)).toEqual([{ path: 'requirements.txt', text: 'six\n.\n' }]);
    expect(commitStagedFiles(EMPTY_PLAN)).toEqual([]);
  });
});

describe('the text for people', () => {
  it('shows both images, the second on the first', () => {
    const text = renderDockerfile(FULL, { base: 'base:1', ...PLAIN });
    expect(text.match(/^FROM .*$/gm)).toEqual(['FROM base:1 AS environment', 'FROM environment']);
    expect(text).toContain('# The commit. staged/: requirements.txt');
  });
});

describe('a RUN instruction', () => {
  it('cannot be ended by a line break in a command', () => {
    expect(() => renderRun([], ['echo a\nUSER root'])).toThrow(RangeError);
  });
});
