import { describe, expect, it } from 'vitest';
import { describeStart, startLabels } from '../../../services/builder/install/describe-start.ts';
import { isOfWheels } from '../../../services/builder/install/is-of-wheels.ts';
import type { EnvironmentPlan } from '../../../services/contracts/build-plan.ts';
import { EMPTY_PLAN } from '../../support/environment-plan.ts';
import { LABELS } from '../../../services/contracts/labels.ts';

const INSTALL = { kind: 'requirements', file: 'requirements.txt', prerelease: false, ownIndex: false } as const;
const planOf = (text: string, changed: Partial<EnvironmentPlan> = {}): EnvironmentPlan => ({
  ...EMPTY_PLAN,
  install: [INSTALL],
  files: [{ path: 'requirements.txt', text }],
  ...changed,
});
const HASH = `--hash=sha256:${'0'.repeat(64)}`;
const BASE = { key: 'base', platform: 'linux/amd64' };

describe('an installation of wheels only', () => {
  it.each([
    'numpy\n',
    '# a comment\nnumpy >= 1.26, < 3 # another\n\npandas[excel]==2.2.*; python_version < "3.14"\n',
    `numpy==2.1.0 ${HASH} ${HASH}\n`,
    '-r more/other.txt\n-c constraints.txt\nnumpy\n',
  ])('may be one of %j', (text) => {
    expect(isOfWheels(planOf(text))).toBe(true);
  });

  it.each([
    'git+https://example.org/a/b@1234\n',
    'b @ git+https://example.org/a/b@1234\n',
    'b @ https://example.org/b-1-py3-none-any.whl\n',
    'https://example.org/b-1.tar.gz\n',
    './b\n',
    '-e .\n',
    '--no-binary :all:\nnumpy\n',
    '--find-links wheels\nnumpy\n',
    'numpy --config-settings=a=b\n',
    'numpy --no-binary\n',
    '${PACKAGE} @ a\n',
  ])('is never one of %j', (text) => {
    expect(isOfWheels(planOf(text))).toBe(false);
    expect(describeStart(planOf(text), BASE)).toBeUndefined();
  });

  it.each<[string, Partial<EnvironmentPlan>]>([
    ['nothing is installed', { install: [] }],
    ['the files name an index of their own', { install: [{ ...INSTALL, ownIndex: true }] }],
    ['something is installed after it, which starts what the first one installed', { install: [INSTALL, INSTALL] }],
    [
      'code of a repository runs before it: R',
      { r: { version: '4.5', repository: '', prefersDebian: true, packages: [] } },
    ],
    ['code of a repository runs before it: Julia', { julia: { version: '1.10.0', directory: '' } }],
    ['code of a repository runs before it: Nix', { nix: { file: 'default.nix', nixpkgs: '' } }],
    ['the Python is that of a channel', { conda: { kind: 'solve', file: 'e.yml', channels: [], specs: [] } }],
  ])('is none where %s', (_why, changed) => {
    expect(isOfWheels(planOf('numpy\n', changed))).toBe(false);
  });
});

describe('what environments have in common that may start from each other', () => {
  const familyOf = (plan: EnvironmentPlan, base = BASE) => describeStart(plan, base)?.family;

  it('is all but the lines of the requirements', () => {
    const family = familyOf(planOf('numpy\n'));
    expect(family).toMatch(/^[0-9a-f]{32}$/);
    expect(familyOf(planOf('pandas\n'))).toBe(family);
    const others = [
      familyOf(planOf('numpy\n', { python: '3.11' })),
      familyOf(planOf('numpy\n', { asOf: '2024-01-01' })),
      familyOf(planOf('numpy\n', { install: [{ ...INSTALL, prerelease: true }] })),
      familyOf(planOf('numpy\n'), { ...BASE, key: 'other' }),
      familyOf(planOf('numpy\n'), { ...BASE, platform: 'linux/arm64' }),
    ];
    expect(new Set([family, ...others]).size).toBe(others.length + 1);
  });

  it.each<[string, EnvironmentPlan]>([
    ['Debian packages', planOf('numpy\n', { apt: ['jq'] })],
    ['variables', planOf('numpy\n', { variables: { A: 'b' } })],
    ['hashes', planOf(`numpy==2.1.0 ${HASH}\n`)],
    ['other files', planOf('-r other.txt\n')],
    ['packages without what they need', planOf('numpy\n', { install: [{ ...INSTALL, noDependencies: true }] })],
    ['more lines than a label holds', planOf('numpy\n'.padEnd(6000, 'x'))],
  ])('is nothing with %s', (_what, plan) => {
    expect(describeStart(plan, BASE)).toBeUndefined();
  });

  it('is in the labels of an image, with what was asked for', () => {
    const facts = describeStart(planOf('numpy # fast\n\npandas\nnumpy\n'), BASE);
    expect(facts && startLabels(facts, 2)).toEqual({
      [LABELS.family]: facts?.family,
      [LABELS.requirements]: '["numpy","pandas"]',
      [LABELS.depth]: '2',
    });
  });
});
