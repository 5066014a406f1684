import { describe, expect, it } from 'vitest';
import { detect } from '../../../services/builder/detect/detect.ts';
import { readRequirementsTxt } from '../../../services/builder/detect/requirements-txt.ts';
import { makeEnvironmentKey } from '../../../services/builder/plan/make-environment-key.ts';
import { makePlan } from '../../../services/builder/plan/make-plan.ts';
import { fetchedPath } from '../../../services/builder/sources/fetched-requirements.ts';
import type { MovingSources } from '../../../services/builder/sources/moving-sources.ts';
import { pinRequirements } from '../../../services/builder/sources/pin-requirements.ts';
import { createMemoryRepositoryFiles, type RepositoryTable } from '../../support/memory-repository-files.ts';

const ONE = '1'.repeat(40);
const TWO = '2'.repeat(40);
const signal = new AbortController().signal;

type Network = {
  readonly commits?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly versions?: Readonly<Record<string, string>>;
};

const createSources = ({ commits = {}, files = {}, versions = {} }: Network): MovingSources => ({
  findCommit: async ({ href }, ref) => commits[`${href} ${ref}`],
  readFile: async ({ href }) => new TextEncoder().encode(files[href] ?? ''),
  findVersion: async ({ href }) => versions[href],
});

const pin = async (table: RepositoryTable, network: Network) => {
  const set = readRequirementsTxt(createMemoryRepositoryFiles(table), 'requirements.txt');
  return pinRequirements(set, { sources: createSources(network), signal });
};

const stagedOf = async (text: string, network: Network) => {
  const table = { 'requirements.txt': text, 'setup.py': '' };
  const detection = detect(createMemoryRepositoryFiles(table), { pythons: ['3.13'], defaultPython: '3.13' });
  if (detection.kind !== 'environment') throw new Error('not an environment');
  const { set } = await pin(table, network);
  const plan = makePlan({ ...detection, installs: [{ requirements: set, isExact: false }] });
  if (plan.kind !== 'environment') throw new Error('not an environment');
  return { plan, key: makeEnvironmentKey(plan, { key: 'b', platform: 'linux/amd64' }) };
};

describe('pinning what requirements name', () => {
  const branch = 'x @ git+https://example.org/x@main#egg=x\n';
  const at = (commit: string): Network => ({ commits: { 'https://example.org/x main': commit } });

  it('puts the commit in place of a branch, so that a moved branch moves the key (case 22)', async () => {
    const first = await stagedOf(branch, at(ONE));
    expect(first.plan.files[0]?.text).toBe(`x @ git+https://example.org/x@${ONE}#egg=x\n`);
    expect((await stagedOf(branch, at(ONE))).key).toBe(first.key);
    expect((await stagedOf(branch, at(TWO))).key).not.toBe(first.key);
  });

  it('says which commit it is at', async () => {
    const { evidence } = await pin({ 'requirements.txt': branch }, at(ONE));
    expect(evidence).toEqual([
      { file: 'requirements.txt', used: true, because: `git+https://example.org/x@main is at commit ${ONE}` },
    ]);
  });

  it('names a branch that is not there, and takes a short commit as it is', async () => {
    await expect(pin({ 'requirements.txt': branch }, {})).rejects.toMatchObject({
      code: 'SOURCE_NOT_FOUND',
      message: 'The Git repository https://example.org/x has no branch or tag main.',
    });
    const { set } = await pin({ 'requirements.txt': 'x @ git+https://example.org/x@abcdef1' }, {});
    expect(set.files[0]?.lines).toMatchObject([{ text: 'x @ git+https://example.org/x@abcdef1' }]);
  });

  it('stages what is included by an address, and what that includes, so that its content is in the key (case 17)', async () => {
    const text = '-r https://example.org/a/r.txt\n-c https://example.org/c.txt\n';
    const files = {
      'https://example.org/a/r.txt': '\ufeffsix # x\r\n-r more.txt\r\n',
      'https://example.org/a/more.txt': 'idna\n-r https://example.org/a/r.txt\n',
      'https://example.org/c.txt': 'six<2\n',
    };
    const { plan, key } = await stagedOf(text, { files });
    const pathOf = (option: '--requirement' | '--constraint', url: string) =>
      fetchedPath({ kind: 'address', option, url });
    const [r, more] = ['a/r.txt', 'a/more.txt'].map((path) => pathOf('--requirement', `https://example.org/${path}`));
    const constraints = pathOf('--constraint', 'https://example.org/c.txt');
    expect(Object.fromEntries(plan.files.map(({ path, text }) => [path, text]))).toEqual({
      'requirements.txt': `--requirement ${r}\n--constraint ${constraints}\n`,
      [r ?? '']: `six\n--requirement ${more?.replace('.fetched/', '')}\n`,
      [more ?? '']: `idna\n--requirement ${r?.replace('.fetched/', '')}\n`,
      [constraints]: 'six<2\n',
    });
    expect(plan.install).toHaveLength(1);
    const changed = { ...files, 'https://example.org/a/more.txt': 'idna<3\n' };
    expect((await stagedOf(text, { files: changed })).key).not.toBe(key);
    const respelled = { ...files, 'https://example.org/c.txt': '# same\nsix<2' };
    expect((await stagedOf(text, { files: respelled })).key).toBe(key);
  });

  it.each([
    ['-e ./local', 'line 2: "local" is not in the repository'],
    ['six=1', 'line 2: "six=1" is not a requirement'],
    ['x @ https://me:pw@example.org/x.zip', 'line 2: the address holds a user name or a password'],
  ])('names the line of a fetched file that is wrong: %s', async (line, message) => {
    const files = { 'https://example.org/r.txt': `six\n${line}\n` };
    await expect(pin({ 'requirements.txt': '-r https://example.org/r.txt' }, { files })).rejects.toMatchObject({
      code: 'DETECT_REQUIREMENTS_INVALID',
      message: expect.stringContaining(`https://example.org/r.txt, ${message}`) as string,
    });
  });

  it('ends a chain of files that never ends', async () => {
    const endless: MovingSources = {
      ...createSources({}),
      readFile: async ({ href }) => new TextEncoder().encode(`-r ${href}x`),
    };
    const set = readRequirementsTxt(createMemoryRepositoryFiles({ 'r.txt': '-r https://example.org/x' }), 'r.txt');
    await expect(pinRequirements(set, { sources: endless, signal })).rejects.toMatchObject({
      message: 'r.txt: it includes more than 100 files.',
    });
  });

  it('puts the version of an archive into the key', async () => {
    const text = 'x @ https://example.org/x.zip\n';
    const version = (value: string): Network => ({ versions: { 'https://example.org/x.zip': value } });
    const { plan, key } = await stagedOf(text, version('"one"'));
    expect(plan.files[0]?.text).toBe(`# https://example.org/x.zip has version "one"\n${text}`);
    expect((await stagedOf(text, version('"two"'))).key).not.toBe(key);
    expect((await stagedOf(text, {})).plan.files[0]?.text).toBe(text);
  });

  it('shows what is not yet fetched in a plan that is made without the network', () => {
    const files = createMemoryRepositoryFiles({ 'requirements.txt': '-r https://example.org/r.txt\n' });
    const plan = makePlan(detect(files, { pythons: ['3.13'], defaultPython: '3.13' }));
    expect(plan).toMatchObject({
      install: [{ file: 'requirements.txt' }],
      files: [{ path: 'requirements.txt', text: '--requirement https://example.org/r.txt\n' }],
    });
  });
});
