import { createBuilder, type Builder } from '../../services/builder/main.ts';
import type { BaseImage } from '../../services/builder/base/base-images.ts';
import { Settings } from '../../services/contracts/settings.ts';
import { createAddressGuard } from '../../services/platform/address-guard.ts';
import { loadConfig } from '../../services/platform/config-loader.ts';
import { createGit } from '../../services/platform/git-command.ts';
import type { DockerEngine } from '../../services/platform/docker-engine.ts';
import { makeBuildRequest } from '../builder/build-request.ts';
import { readTestCaBundle } from '../support/base-image.ts';
import { createImageScope } from '../support/docker-engine.ts';
import type { GitServer } from '../support/git-server.ts';
import { runGenerator } from '../support/run-generator.ts';
import { addLayerPlainly, buildPlainly } from './plain-docker.ts';
import { time } from './statistics.ts';

/** What all runs are done with. */
export type Bench = {
  readonly engine: DockerEngine;
  readonly server: GitServer;
  readonly base: BaseImage;
  readonly temporary: string;
};

/** Seconds of one run. */
export type BuildTimes = Readonly<
  Record<'plainFirst' | 'first' | 'known' | 'plainAdded' | 'added' | 'plainNotebook' | 'notebook' | 'layer', number>
>;

const PACKAGES = 'numpy\npandas\nmatplotlib\n';
const notebook = (text: string): string =>
  JSON.stringify({
    cells: [{ cell_type: 'markdown', metadata: {}, source: text }],
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
  });

/** A builder whose images have names of their own, so that no environment of an earlier build is found. */
const createBenchBuilder = async (
  { engine, server, base, temporary }: Bench,
  { imagePrefix, packageCache }: { readonly imagePrefix: string; readonly packageCache: string },
): Promise<Builder> => {
  const [name = '', tag = ''] = (base.name.split('/').at(-1) ?? '').split(':');
  await engine.getImage(base.name).tag({ repo: `${imagePrefix}${name}`, tag });
  return createBuilder(
    loadConfig(Settings, { env: {}, prefix: 'SLIPWAY', overrides: { imagePrefix, build: { packageCache } } }),
    engine,
    {
      git: createGit(process.env),
      guard: createAddressGuard([server.host]),
      temporary,
      caBundle: await readTestCaBundle(),
    },
  );
};

/** A repository of its own: the text of its requirements is that of no other, so the engine has none of its layers. */
const makeFiles = (repository: string) => ({
  'requirements.txt': `${PACKAGES}six; sys_platform == "${repository}-${Date.now()}"\n`,
  'index.ipynb': notebook('first'),
});

type Place = { readonly bench: Bench; readonly prefix: string; readonly packageCache: string };

/** Builds commits of one repository; gives the seconds of each. */
const createBuilds = async ({ bench, prefix, packageCache }: Place, repository: string) => {
  const builder = await createBenchBuilder(bench, { imagePrefix: prefix, packageCache });
  return async (commit: string, tag: string): Promise<number> => {
    const request = makeBuildRequest({ url: `${bench.server.url}/${repository}.git`, commit }, `${prefix}image:${tag}`);
    const { seconds, result } = await time(() => runGenerator(builder.build(request, AbortSignal.timeout(600_000))));
    if (!result.result.ok) throw new Error(`the build failed: ${result.result.error.message}`);
    return seconds;
  };
};

/** The first build of a repository whose packages this machine installed before, for others. */
const measureKnown = async (bench: Bench, repository: string, packageCache: string): Promise<number> => {
  await using scope = createImageScope(bench.engine, `${repository}-known`);
  const build = await createBuilds({ bench, prefix: scope.prefix, packageCache }, `${repository}-known`);
  const { commit } = await bench.server.createRepository(`${repository}-known`, makeFiles(`${repository}-known`));
  // Awaited here: the scope ends with this function, and its images with it.
  return await build(commit, 'known');
};

/**
 * One run: the same repository by a plain Dockerfile and by the builder, first with package caches that are empty, then
 * with one package more, then with another notebook; and another repository of the same packages, when they are known.
 */
export const measureBuilds = async (bench: Bench, run: number): Promise<BuildTimes> => {
  const { engine, server, base } = bench;
  const repository = `bench-${process.pid}-${run}`;
  await using scope = createImageScope(engine, repository);
  const { prefix } = scope;
  const build = await createBuilds({ bench, prefix, packageCache: repository }, repository);
  const caBundle = await readTestCaBundle();
  const files = makeFiles(repository);
  const added = { 'requirements.txt': `${files['requirements.txt']}seaborn\n` };
  const changed = { 'index.ipynb': notebook('second') };
  const plainly = async (now: Readonly<Record<string, string>>): Promise<number> =>
    (await time(() => buildPlainly(engine, { base, tag: `${prefix}plain:latest`, files: now, caBundle }))).seconds;

  const plainFirst = await plainly(files);
  const first = await build((await server.createRepository(repository, files)).commit, 'first');
  const plainAdded = await plainly({ ...files, ...added });
  const second = await build(await server.commit(repository, added, 'added'), 'added');
  const plainNotebook = await plainly({ ...files, ...added, ...changed });
  const third = await build(await server.commit(repository, changed, 'notebook'), 'notebook');
  const { seconds: layer } = await time(() =>
    addLayerPlainly(engine, { from: `${prefix}image:added`, repo: `${prefix}layer`, files: { ...files, ...changed } }),
  );
  const known = await measureKnown(bench, repository, repository);
  return { plainFirst, first, known, plainAdded, added: second, plainNotebook, notebook: third, layer };
};
