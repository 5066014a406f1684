import { mkdir, mkdtemp, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildImage } from '../../services/builder/build-pipeline.ts';
import type { BuilderParts } from '../../services/builder/builder-parts.ts';
import type { ContentFetcher } from '../../services/builder/fetch/content-fetcher.ts';
import { BASE_USER } from '../../services/builder/dockerfile/image-user.ts';
import type { ImageRegistry } from '../../services/builder/image/image-registry.ts';
import { LABELS } from '../../services/contracts/labels.ts';
import { createNetworkSources } from '../../services/builder/sources/network-sources.ts';
import { SlipwayError } from '../../services/contracts/slipway-error.ts';
import { createAddressGuard } from '../../services/platform/address-guard.ts';
import { createGit } from '../../services/platform/git-command.ts';
import { startAnsweringServer } from '../support/answering-server.ts';
import { startGitServer } from '../support/git-server.ts';
import { createMemoryImageBuilder } from '../support/memory-image-builder.ts';
import { createMemoryImageStore, type MemoryImageStore } from '../support/memory-image-store.ts';
import { runGenerator } from '../support/run-generator.ts';
import { makeBuildRequest } from './build-request.ts';

const BASE = { name: 'test/base:3.13', key: 'b'.repeat(64), platform: 'linux/amd64' };
const REQUEST = makeBuildRequest({ url: 'https://example.org/a/b.git', commit: 'c'.repeat(40) }, 'test/a-b:c');

/** Writes the files it is given, as a fetcher would bring them. */
const createFilesFetcher = (files: Readonly<Record<string, string>>): ContentFetcher => ({
  async *fetch(_request, into) {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(into, path)), { recursive: true });
      await writeFile(join(into, path), text);
    }
    yield 'Fetching\n';
    return { directory: into, committedAt: 1_714_564_800 };
  },
});

describe('build pipeline', () => {
  let temporary = '';
  let images: MemoryImageStore;
  const allowHosts: string[] = [];
  beforeEach(async () => {
    temporary = await mkdtemp(join(tmpdir(), 'pipeline-'));
    images = createMemoryImageStore([BASE.name]);
  });
  /** Fails where a build left something in its directory. */
  afterEach(() => rmdir(temporary));

  const makeParts = (files: Readonly<Record<string, string>>, changed: Partial<BuilderParts> = {}): BuilderParts => ({
    fetcher: createFilesFetcher(files),
    bases: {
      async *ensure() {
        yield 'Making the base image\n';
        return BASE;
      },
    },
    sources: createNetworkSources({
      git: createGit(process.env),
      guard: createAddressGuard(allowHosts),
      timeoutMs: 5000,
    }),
    builder: createMemoryImageBuilder(images),
    images,
    clock: { now: () => 1000, sleep: async () => undefined },
    options: {
      imagePrefix: 'test/',
      timeoutMs: 10_000,
      limits: { idleMs: 10_000, contextBytes: 1_000_000, imageBytes: 10_000 },
      pythons: ['3.13', '3.11'],
      defaultPython: '3.13',
      environmentMaxAgeDays: 0,
      indexUrl: '',
      packageCache: 'slipway',
      condaChannels: ['conda-forge'],
      condaMirror: 'https://conda.anaconda.org',
      rRepository: '',
      juliaMirror: 'https://julia.example.org',
      nixpkgs: 'https://nix.example.org/nixpkgs.tar.xz',
      caBundle: undefined,
      temporary,
    },
    ...changed,
  });
  const run = async (parts: BuilderParts, signal = AbortSignal.timeout(10_000)) => {
    const { items, result } = await runGenerator(buildImage(REQUEST, parts, signal));
    return { result, log: items.map(({ phase, message }) => `${phase}: ${message}`).join(''), events: items };
  };

  it('adds the content to the base when nothing is to be installed, and runs no build', async () => {
    const { result, log, events } = await run(makeParts({ 'a.ipynb': '{}' }));
    expect(result).toEqual({ ok: true, imageName: 'test/a-b:c' });
    expect(events.some(({ step }) => step !== undefined)).toBe(false);
    expect(log).toContain('nothing to install');
    expect(images.images.get('test/a-b:c')?.files).toEqual([
      'home/',
      'home/jovyan/',
      'home/jovyan/a.ipynb',
      'srv/',
      'srv/slipway/',
      'srv/slipway/plan.json',
    ]);
  });

  it('installs once for commits that read the same files, and says why', async () => {
    const first = await run(makeParts({ 'requirements.txt': 'numpy\n', 'a.ipynb': '1' }));
    expect(first.log).toMatch(/environment [0-9a-f]+ is new: installing\n.*Install Python packages/);
    const second = await run(makeParts({ 'requirements.txt': 'numpy\n', 'a.ipynb': '2' }));
    expect(second.log).toMatch(/environment [0-9a-f]+ is unchanged: nothing to install/);
    expect(second.log).not.toContain('Install Python packages');
    expect([...images.images.keys()].filter((name) => name.startsWith('test/env:'))).toHaveLength(1);
  });

  it('installs again when a branch that requirements name has moved, and says where it is (case 22)', async () => {
    await using server = await startGitServer();
    allowHosts.push(server.host);
    const { url, commit } = await server.createRepository('moving', { 'setup.py': '' });
    const files = { 'requirements.txt': `x @ git+${url}@main\n` };
    const first = await run(makeParts(files));
    expect(first.log).toContain(`requirements.txt: git+${url}@main is at commit ${commit}\n`);
    const plan = images.images.get('test/a-b:c')?.labels[LABELS.plan];
    expect(plan).toContain(`x @ git+${url}@${commit}`);
    expect((await run(makeParts(files))).log).toMatch(/is unchanged: nothing to install/);
    const next = await server.commit('moving', { 'setup.py': '#\n' }, 'second');
    const second = await run(makeParts(files));
    expect(second.log).toContain(`is at commit ${next}\n`);
    expect(second.log).toMatch(/environment [0-9a-f]+ is new: installing/);
    const gone = await run(makeParts({ 'requirements.txt': `x @ git+${url}@gone\n` }));
    expect(gone.result).toMatchObject({ ok: false, error: { code: 'SOURCE_NOT_FOUND' } });
  });

  it('takes packages of the day of the commit, where that is asked for, into an environment of its own', async () => {
    const parts = makeParts({ 'requirements.txt': 'numpy\n', 'runtime.txt': 'python-3.13-2023-01-01' });
    const named = (asOf: string) => buildImage({ ...REQUEST, asOf }, parts, AbortSignal.timeout(10_000));
    const { items, result } = await runGenerator(named('commit'));
    expect(result.ok).toBe(true);
    expect(items.map(({ message }) => message)).toContain(
      'packages are those of 2024-05-01, not of 2023-01-01: the day of the commit\n',
    );
    const labels = images.images.get('test/a-b:c')?.labels ?? {};
    expect(JSON.parse(labels[LABELS.plan] ?? '')).toMatchObject({ asOf: '2024-05-01' });
    const first = labels[LABELS.environmentKey];
    await runGenerator(named('2024-05-02'));
    expect(images.images.get('test/a-b:c')?.labels[LABELS.environmentKey]).not.toBe(first);
  });

  it.each<[string, (link: string) => Readonly<Record<string, string>>]>([
    ['environment.yml', (link) => ({ 'environment.yml': `dependencies:\n  - pip:\n    - x @ git+${link}@main\n` })],
    ['Pipfile', (link) => ({ Pipfile: `[packages]\nx = {git = "${link}", ref = "main"}\n` })],
    ['pyproject.toml', (link) => ({ 'pyproject.toml': `[project]\nname = "a"\ndependencies = ["x @ git+${link}"]\n` })],
  ])('resolves the branch of a link in %s (case 22)', async (_name, filesOf) => {
    await using server = await startGitServer();
    allowHosts.push(server.host);
    const { url, commit } = await server.createRepository('moving', { 'setup.py': '' });
    const { result, log } = await run(makeParts(filesOf(url)));
    expect(result).toMatchObject({ ok: true });
    expect(log).toContain(`is at commit ${commit}\n`);
    expect(images.images.get('test/a-b:c')?.labels[LABELS.plan]).toContain(`x @ git+${url}@${commit}`);
  });

  it('fetches what requirements include by an address, and is tried again when its server is away (case 17)', async () => {
    let body = 'numpy\n';
    await using server = await startAnsweringServer(() => (body === '' ? 'reset' : { status: 200, body }));
    allowHosts.push(new URL(server.origin).host);
    const files = { 'requirements.txt': `-r ${server.origin}/r.txt\n` };
    const keyOf = async () => {
      await run(makeParts(files));
      return images.images.get('test/a-b:c')?.labels[LABELS.environmentKey];
    };
    const first = await keyOf();
    expect(await keyOf()).toBe(first);
    body = 'numpy<2\n';
    expect(await keyOf()).not.toBe(first);
    body = '';
    await expect(run(makeParts(files))).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE', retry: true });
  });

  it('makes the layer of what is built, and of nothing else: equal content is an equal layer (case 70)', async () => {
    const digestOf = async (files: Readonly<Record<string, string>>) => {
      const request = { ...REQUEST, imageName: `test/${crypto.randomUUID()}:c` };
      await runGenerator(buildImage(request, makeParts(files), AbortSignal.timeout(10_000)));
      return images.images.get(request.imageName)?.digest;
    };
    const first = await digestOf({ 'a.ipynb': '{}', 'b.py': '' });
    expect(await digestOf({ 'b.py': '', 'a.ipynb': '{}' })).toBe(first);
    expect(await digestOf({ 'a.ipynb': '{ }', 'b.py': '' })).not.toBe(first);
    expect(await digestOf({ 'a.ipynb': '{}', 'c.py': '' })).not.toBe(first);
  });

  it('says which files it used and why, in the phases of a launch', async () => {
    const { log } = await run(makeParts({ 'requirements.txt': 'numpy\n', 'uv.lock': '' }));
    expect(log).toMatch(/^fetching: Fetching\n/);
    expect(log).toMatch(/building: requirements\.txt: used, /);
  });

  it('records what the image is of', async () => {
    await run(makeParts({ 'requirements.txt': 'numpy\n' }));
    const labels = images.images.get('test/a-b:c')?.labels ?? {};
    expect(labels).toMatchObject({ [LABELS.kind]: 'commit', [LABELS.commit]: 'c'.repeat(40) });
    expect(images.images.has(`test/env:${labels[LABELS.environmentKey]}`)).toBe(true);
    expect(JSON.parse(labels[LABELS.plan] ?? '')).toMatchObject({ kind: 'environment' });
  });

  it('leaves the texts of large requirements out of the label', async () => {
    const requirements = Array.from({ length: 9000 }, (_, index) => `package-${index}`).join('\n');
    await run(makeParts({ 'requirements.txt': requirements }));
    expect(images.images.get('test/a-b:c')?.labels[LABELS.plan]?.length).toBeLessThan(65_536);
  });

  it('builds where something must run after the content', async () => {
    const { log } = await run(makeParts({ postBuild: '#!/bin/sh\ntrue\n' }));
    expect(log).toContain('Run postBuild');
    expect(images.images.get('test/a-b:c')?.files).toEqual(expect.arrayContaining(['content/', 'content/postBuild']));
  });

  it('builds a Dockerfile of the repository with its directory as the context', async () => {
    const { result, log } = await run(makeParts({ Dockerfile: 'FROM x\nRUN echo for $NB_USER\n' }));
    expect(result.ok).toBe(true);
    expect(log).toContain('for jovyan');
    expect(images.images.get('test/a-b:c')?.files).toEqual(['./', 'Dockerfile']);
  });

  it('stores the images in the registry, and fetches an environment that only the registry has', async () => {
    const calls: string[] = [];
    const registry: ImageRegistry = {
      addressOf: (name) => `example.org/${name}`,
      has: async (name) => name.startsWith('test/env:'),
      async *pull(name) {
        yield '1 of 1 layers\n';
        images.images.set(name, { digest: 'sha256:1', labels: {}, bytes: 1000, files: [], env: {} });
        calls.push(`pull ${name.replace(/:.*/, '')}`);
      },
      async *push(name) {
        yield '1 of 1 layers\n';
        calls.push(`push ${name.replace(/:.*/, '')}`);
      },
      async *pushLayer({ tag, from, layer }) {
        yield 'Pushed the content\n';
        layer.destroy();
        calls.push(`push ${tag.replace(/:.*/, '')} on ${from.replace(/:.*/, '')}`);
      },
    };
    const { log } = await run(makeParts({ 'requirements.txt': 'numpy\n' }, { registry }));
    expect(calls).toEqual(['pull test/env', 'push test/a-b on test/env']);
    expect(log).toMatch(/is unchanged: nothing to install/);
  });

  it('is not lost when the registry takes nothing, and says so', async () => {
    const told: string[] = [];
    const push = async function* push() {
      yield '1 of 2 layers\n';
      throw new SlipwayError('IMAGE_PUSH_FAILED', { message: 'The disk of the registry is full.' });
    };
    const registry: ImageRegistry = { addressOf: String, has: async () => false, pull: push, push, pushLayer: push };
    const onPushFailure = ({ code }: SlipwayError): number => told.push(code);
    const { result, log } = await run(makeParts({ 'a.ipynb': '{}' }, { registry, onPushFailure }));
    expect(result.ok).toBe(true);
    expect(log).toMatch(/IMAGE_PUSH_FAILED: The disk of the registry is full\. The image of this machine is used\.\n$/);
    expect(told).toEqual(['IMAGE_PUSH_FAILED']);
  });

  it('gives what is wrong with the repository as a result', async () => {
    const failed = await run(makeParts({ Dockerfile: 'FROM x\nRUN exit 3\n' }));
    expect(failed.result).toMatchObject({ ok: false, error: { code: 'BUILD_DOCKERFILE_FAILED', retry: false } });
    const invalid = await run(makeParts({ 'runtime.txt': '?' }));
    expect(invalid.result).toMatchObject({ ok: false, error: { code: 'DETECT_RUNTIME_INVALID' } });
  });

  it('throws what may go better another time', async () => {
    const parts = makeParts({}, { builder: createMemoryImageBuilder(images, false) });
    images.setReachable(false);
    await expect(run(parts)).rejects.toMatchObject({ code: 'BUILD_ENGINE_UNAVAILABLE' });
    const fetcher: ContentFetcher = {
      async *fetch() {
        yield 'Fetching\n';
        throw new SlipwayError('FETCH_FAILED');
      },
    };
    await expect(run(makeParts({}, { fetcher }))).rejects.toMatchObject({ code: 'FETCH_FAILED' });
  });

  it('ends in BUILD_TIMEOUT after the time that the operator allows', async () => {
    const parts = makeParts({ Dockerfile: 'FROM x\nRUN sleep 300\n' });
    const { result } = await run({ ...parts, options: { ...parts.options, timeoutMs: 100 } });
    expect(result).toMatchObject({ ok: false, error: { code: 'BUILD_TIMEOUT' } });
  });

  const withLimits = (files: Readonly<Record<string, string>>, limits: Partial<BuilderParts['options']['limits']>) => {
    const parts = makeParts(files);
    return { ...parts, options: { ...parts.options, limits: { ...parts.options.limits, ...limits } } };
  };

  it('ends in BUILD_IDLE when a step prints nothing for too long', async () => {
    const { result } = await run(withLimits({ Dockerfile: 'FROM x\nRUN sleep 300\n' }, { idleMs: 50 }));
    expect(result).toMatchObject({ ok: false, error: { code: 'BUILD_IDLE' } });
  });

  it('hands no more to a build than the operator allows, without what .dockerignore names', async () => {
    const data = 'x'.repeat(200);
    const limits = { contextBytes: 150 };
    const tooLarge = { ok: false, error: { code: 'BUILD_CONTEXT_TOO_LARGE' } };
    expect((await run(withLimits({ 'data.csv': data }, limits))).result).toMatchObject(tooLarge);
    const Dockerfile = 'FROM x\nRUN echo a\n';
    expect((await run(withLimits({ Dockerfile, 'data.csv': data }, limits))).result).toMatchObject(tooLarge);
    expect(images.images.has('test/a-b:c')).toBe(false);
    const ignoring = { Dockerfile, 'data.csv': data, '.dockerignore': '*.csv\n' };
    expect((await run(withLimits(ignoring, limits))).result).toEqual({ ok: true, imageName: 'test/a-b:c' });
  });

  it('removes an image that became too large, and counts no more of it than the build added', async () => {
    const { result } = await run(withLimits({ Dockerfile: 'FROM x\nRUN echo a\n' }, { imageBytes: 4999 }));
    expect(result).toMatchObject({ ok: false, error: { code: 'BUILD_IMAGE_TOO_LARGE' } });
    expect(images.images.has('test/a-b:c')).toBe(false);
    const requirements = { 'requirements.txt': 'numpy\n' };
    expect((await run(withLimits(requirements, { imageBytes: 3999 }))).result.ok).toBe(false);
    expect((await run(withLimits(requirements, { imageBytes: 4000 }))).result.ok).toBe(true);
  });

  it('refuses requirements whose address has credentials, and does not repeat them (case 23)', async () => {
    const requirements = [
      'x @ git+https://reader:hidden@git.example/x',
      '--extra-index-url https://reader:hidden@index.example/',
    ];
    for (const line of requirements) {
      const refused = await run(makeParts({ 'requirements.txt': `numpy\n${line}\n` }));
      expect(refused.result).toMatchObject({ ok: false, error: { code: 'DETECT_REQUIREMENTS_INVALID' } });
      expect(JSON.stringify(refused)).not.toContain('hidden');
    }
  });

  it('tells no value of a build argument or of the index, in log, error or label (case 82)', async () => {
    const parts = makeParts({ 'requirements.txt': 'numpy\n', postBuild: '#!/bin/sh\n' });
    const extras = { labels: {}, buildArgs: { TOKEN: 'hidden-one' }, showsDockerfiles: true, user: BASE_USER };
    const buildWith = (appendix: string) => {
      const options = { ...parts.options, indexUrl: 'https://me:hidden-two@mirror.example/simple' };
      return run({ ...parts, options: { ...options, extras: { ...extras, appendix } } });
    };
    const failed = await buildWith('RUN echo of $TOKEN and hidden-two; exit 3');
    const worked = await buildWith('RUN echo $TOKEN');
    expect([failed.result.ok, worked.result.ok]).toEqual([false, true]);
    expect(failed.log).toContain('of *** and ***');
    const labels = [...images.images.values()].map((image) => image.labels);
    expect(JSON.stringify([failed, worked, labels])).not.toMatch(/hidden-(one|two)/);
  });

  it('throws the reason of the signal when it is aborted', async () => {
    const reason = new Error('shutdown');
    const stop = new AbortController();
    setTimeout(() => stop.abort(reason), 50);
    await expect(run(makeParts({ Dockerfile: 'FROM x\nRUN sleep 300\n' }), stop.signal)).rejects.toBe(reason);
  });
});
