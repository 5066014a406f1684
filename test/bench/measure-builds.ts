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
  Record<'plainFirst' | 'first' | 'plainAdded' | 'added' | 'plainNotebook' | 'notebook' | 'layer', number>
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
  imagePrefix: string,
): Promise<Builder> => {
  const [name = '', tag = ''] = (base.name.split('/').at(-1) ?? '').split(':');
  await engine.getImage(base.name).tag({ repo: `${imagePrefix}${name}`, tag });
  return createBuilder(loadConfig(Settings, { env: {}, prefix: 'SLIPWAY', overrides: { imagePrefix } }), engine, {
    git: createGit(process.env),
    guard: createAddressGuard([server.host]),
    temporary,
    caBundle: await readTestCaBundle(),
  });
};

/**
 * One run: the same repository by a plain Dockerfile and by the builder, first from nothing, then with one package
 * more, then with another notebook. A new repository has a package cache of its own, which is empty; the text of its
 * requirements is its own, so that no layer of the plain side is there either.
 */
export const measureBuilds = async (bench: Bench, run: number): Promise<BuildTimes> => {
  const { engine, server, base } = bench;
  await using scope = createImageScope(engine, `bench-${run}`);
  const { prefix } = scope;
  const builder = await createBenchBuilder(bench, prefix);
  const caBundle = await readTestCaBundle();
  const repository = `bench-${process.pid}-${run}`;
  const files = {
    'requirements.txt': `# ${repository} ${Date.now()}\n${PACKAGES}`,
    'index.ipynb': notebook('first'),
  };
  const added = { 'requirements.txt': `${files['requirements.txt']}seaborn\n` };
  const changed = { 'index.ipynb': notebook('second') };

  const plainly = async (now: Readonly<Record<string, string>>): Promise<number> =>
    (await time(() => buildPlainly(engine, { base, tag: `${prefix}plain:latest`, files: now, caBundle }))).seconds;
  const build = async (commit: string, tag: string): Promise<number> => {
    const request = makeBuildRequest({ url: `${server.url}/${repository}.git`, commit }, `${prefix}image:${tag}`);
    const { seconds, result } = await time(() => runGenerator(builder.build(request, AbortSignal.timeout(600_000))));
    if (!result.result.ok) throw new Error(`the build failed: ${result.result.error.message}`);
    return seconds;
  };

  const plainFirst = await plainly(files);
  const first = await build((await server.createRepository(repository, files)).commit, 'first');
  const plainAdded = await plainly({ ...files, ...added });
  const second = await build(await server.commit(repository, added, 'added'), 'added');
  const plainNotebook = await plainly({ ...files, ...added, ...changed });
  const third = await build(await server.commit(repository, changed, 'notebook'), 'notebook');
  const { seconds: layer } = await time(() =>
    addLayerPlainly(engine, { from: `${prefix}image:added`, repo: `${prefix}layer`, files: { ...files, ...changed } }),
  );
  return { plainFirst, first, plainAdded, added: second, plainNotebook, notebook: third, layer };
};
