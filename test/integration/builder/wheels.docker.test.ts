import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDockerImageBuilder } from '../../../services/builder/image/docker-image-builder.ts';
import { createContentTar } from '../../../services/builder/image/content-tar.ts';
import { connectTestEngine, readBridgeAddress, runInImage } from '../../support/docker-engine.ts';
import { expectBuilt, startImageBuilds, type ImageBuilds } from '../../support/image-builds.ts';
import { startPackageIndex, type PackageIndex } from '../../support/package-index.ts';
import { makeSource, makeWheel } from '../../support/python-files.ts';
import { runGenerator } from '../../support/run-generator.ts';

const CACHE = `wheels-${process.pid}`;
const [HOSTILE, HOOKED, ODD, BUILT, PLAIN] = ['hostile', 'hooked', 'odd', 'built', 'plain'].map(
  (name) => `${name}${process.pid}`,
) as [string, string, string, string, string];

/** What the installation starts, or might. */
const PROGRAMS = ['uv', 'find', 'xargs', 'rm', 'ln', 'mktemp', 'readlink', 'cat', 'dpkg', 'dpkg-query'];

/** Whoever runs this leaves a mark in the cache of packages, if it is there, or else in the environment. */
const MARK = 'place="${UV_CACHE_DIR:-/tmp}"; [ -d /run/slipway/uv-cache/simple-v0 ] && place=/run/slipway/uv-cache';
const script = (name: string): string => `#!/bin/sh\n${MARK}\necho ran > "$place/ran-${name}"\n`;
const PYTHON_MARK = `import os, glob
for place in [*glob.glob("/run/slipway/uv-cache"), os.environ.get("UV_CACHE_DIR", "/tmp")]:
    os.path.isdir(place) and open(os.path.join(place, "ran-python"), "w").close()`;

const makeFiles = async () => {
  const scripts = PROGRAMS.map((name) => [`${HOSTILE}-1.0.data/scripts/${name}`, script(name)]);
  const hook = `import os; exec(${JSON.stringify(PYTHON_MARK)})\n`;
  return Promise.all([
    makeWheel({ name: HOSTILE, files: { [`${HOSTILE}.py`]: 'HERE = True\n', ...Object.fromEntries(scripts) } }),
    makeWheel({ name: HOOKED, files: { [`${HOOKED}.py`]: 'HERE = True\n', [`${HOOKED}.pth`]: hook } }),
    makeWheel({ name: ODD, files: { [`${ODD}.py`]: "VERSION = '1.0'\n" } }),
    makeSource(ODD, '2.0', PYTHON_MARK),
    makeSource(BUILT, '1.0', PYTHON_MARK),
  ]);
};

describe('packages of an index', () => {
  const engine = connectTestEngine();
  let index: PackageIndex;
  let builds: ImageBuilds;

  beforeAll(async () => {
    const address = await readBridgeAddress(engine);
    const access = { address, user: 'reader', password: 'of-the-index' };
    index = await startPackageIndex({ ...access, packages: [PLAIN], files: await makeFiles() });
    builds = await startImageBuilds('wheels', { build: { indexUrl: index.url, packageCache: CACHE } });
  });

  afterAll(async () => {
    await builds[Symbol.asyncDispose]();
    await index[Symbol.asyncDispose]();
  });

  let count = 0;
  /** Installs anew each time, also what is asked for again. */
  const build = (name: string, ...lines: readonly string[]) => {
    const asked = [...lines, `six; sys_platform == "${CACHE}-${(count += 1)}"`];
    return builds.buildWell(name, { 'requirements.txt': asked.map((line) => `${line}\n`).join('') });
  };

  /** What is in the cache of packages with a name like this; it can be seen only by a build. */
  const findInCache = async (pattern: string): Promise<string[]> => {
    const command = `find /cache -name '${pattern}' -exec echo found: {} \\; # ${Date.now()}`;
    const dockerfile = `FROM ${builds.base}\nRUN --mount=type=cache,id=${CACHE}-wheels,target=/cache,uid=1000,gid=1000 ${command}\n`;
    const context = createContentTar([{ kind: 'text', path: 'Dockerfile', text: dockerfile }], 0);
    const request = { tag: `${builds.prefix}look:1`, context, dockerfile: 'Dockerfile', labels: {} };
    const run = createDockerImageBuilder(engine).build(request, AbortSignal.timeout(60_000));
    const { items, result } = await runGenerator(run);
    expect(result).toEqual({ ok: true });
    return items.flatMap((item) => (item.kind === 'line' && item.text.startsWith('found: ') ? [item.text.trim()] : []));
  };

  it('are kept unpacked and compiled for whoever asks next, whatever the repository', async () => {
    await build('first', PLAIN);
    expect(await findInCache(`${PLAIN}.py`)).toHaveLength(1);
    const asked = index.answered.filter((path) => path.endsWith('.whl')).length;
    await build('second', PLAIN);
    expect(index.answered.filter((path) => path.endsWith('.whl'))).toHaveLength(asked);
    expect(await findInCache('slipway-bytecode')).toHaveLength(1);
  });

  it('start none of their programs while the cache is in reach, though they replace those of the environment', async () => {
    const { image } = await build('hostile', HOSTILE, PLAIN);
    expect(await findInCache('ran-*')).toEqual([]);
    const { output } = await runInImage(image, ['sh', '-c', 'uv; find; ls /tmp']);
    expect(output).toContain('ran-uv');
    expect(output).toContain('ran-find');
  });

  it('start nothing with Python while the cache is in reach, though they are started with it later', async () => {
    const { image } = await build('hooked', HOOKED, PLAIN);
    expect(await findInCache('ran-*')).toEqual([]);
    const { output } = await runInImage(image, ['sh', '-c', 'python -c pass; ls /tmp']);
    expect(output).toContain('ran-python');
  });

  it('that are started with Python are no environment to start from', async () => {
    const { log } = await build('hooked-more', HOOKED, PLAIN, ODD);
    expect(log).toContain('its packages change how Python starts');
    expect(log).toContain('Installing on the base instead');
    expect(await findInCache('ran-*')).toEqual([]);
  });

  it('are built where there is no wheel, without the cache', async () => {
    const { image, log } = await build('built', BUILT);
    expect(log).toContain('Not every package has a wheel that fits');
    expect(await builds.print(image, `python -c 'import ${BUILT}; print(${BUILT}.VERSION)'`)).toBe('1.0');
    expect(await findInCache('ran-*')).toEqual([]);
  });

  it('are rather older with a wheel than newer without, unless the version is named', async () => {
    const version = async (image: string): Promise<string> =>
      builds.print(image, `python -c 'import ${ODD}; print(${ODD}.VERSION)'`);
    expect(await version((await build('older', ODD)).image)).toBe('1.0');
    expect(await version((await build('newer', `${ODD}==2.0`)).image)).toBe('2.0');
  });

  it('that are not there are said to be missing once', async () => {
    const built = await builds.build('missing', { 'requirements.txt': `missing${process.pid}\n` });
    expect(built.result).toMatchObject({ ok: false, error: { code: 'BUILD_PACKAGE_NOT_FOUND' } });
    expect(built.log).not.toContain('Not every package');
    expect(() => expectBuilt(built)).toThrow('missing');
  });
});
