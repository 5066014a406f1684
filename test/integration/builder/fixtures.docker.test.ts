import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BARE, CONDA_R, makeCondaPython, makeGreeter } from '../../support/conda-builds.ts';
import { startCondaChannels, type CondaPackage } from '../../support/conda-channel.ts';
import { startCranServer, type CranPackage } from '../../support/cran-server.ts';
import { connectTestEngine, readBridgeAddress, runInImage, type RunOutcome } from '../../support/docker-engine.ts';
import { startFileServer } from '../../support/file-server.ts';
import { expectBuilt, startImageBuilds, type ImageBuilds } from '../../support/image-builds.ts';
import { makeJuliaReleases } from '../../support/julia-releases.ts';
import { HARDNESS, makeMinerals } from '../../support/mineral-packages.ts';

const FIXTURES = join(import.meta.dirname, '../../../fixtures');
const REPOSITORIES = join(FIXTURES, 'repos');
/** The base of the tests, by the name that Dockerfiles of fixtures begin with. */
const FIXTURE_BASE = { repo: 'slipway-test/fixture-base', tag: '1' };

const names = readdirSync(REPOSITORIES)
  .filter((name) => name.endsWith('.verify'))
  .map((name) => basename(name, '.verify'));

const WORDS = readFileSync(join(FIXTURES, 'verify.sh'), 'utf8');
const readScript = (name: string): string => WORDS + readFileSync(join(REPOSITORIES, `${name}.verify`), 'utf8');

/** A channel for the fixtures that name `harbour`; no package of it is more than a few lines. */
const HARBOUR: readonly CondaPackage[] = [
  makeCondaPython('3.13.5'),
  makeGreeter('1.0', 'python >=3.9', 'hello from 1.0'),
  makeGreeter('2.0', 'python >=3.9', 'hello from 2.0'),
  { name: 'r-minerals', version: '1', depends: ['r-base'], files: {} },
  ...CONDA_R,
];

const makeEmpty = (name: string, version: string): CranPackage => ({ name, version, code: 'a <- 1' });
const SNAPSHOTS = {
  latest: [makeMinerals('2.0'), HARDNESS],
  '2026-01-10': [makeEmpty('Rcpp', '1.0.0')],
};

/** As a session is started: no capabilities, and no way to get any. */
const SESSION = { HostConfig: { CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges'] } };

const runScript = (image: string, script: string): Promise<RunOutcome> =>
  runInImage(image, ['sh', '-c', script], SESSION);

describe('the image of a fixture', () => {
  const engine = connectTestEngine();
  const ends = new AsyncDisposableStack();
  let builds: ImageBuilds;

  beforeAll(async () => {
    const address = await readBridgeAddress(engine);
    const channels = ends.use(await startCondaChannels(address, { harbour: HARBOUR, bare: BARE }));
    const cran = ends.use(await startCranServer(address, SNAPSHOTS));
    const julia = ends.use(await startFileServer(address, await makeJuliaReleases()));
    builds = ends.use(
      await startImageBuilds('fixtures', {
        pythons: ['3.11'],
        build: {
          condaMirror: channels.url,
          condaChannels: ['harbour'],
          rRepository: `${cran.url}/{date}`,
          juliaMirror: julia.url,
        },
      }),
    );
    await engine.getImage(builds.base).tag(FIXTURE_BASE);
    ends.defer(() => engine.getImage(Object.values(FIXTURE_BASE).join(':')).remove());
  });

  afterAll(() => ends.disposeAsync());

  it.each(names)('%s is as its script verifies', { timeout: 900_000 }, async (name) => {
    const { image, log } = expectBuilt(await builds.buildDirectory(name, join(REPOSITORIES, name)));
    expect({ ...(await runScript(image, readScript(name))), log }).toEqual({ status: 0, output: '', log });
  });

  it('would not be verified if nothing were installed', async () => {
    // Each script runs in the bare base, in a directory of its own.
    const loop = `for script; do (cd "$(mktemp -d)" && sh -c "$script") > /dev/null 2>&1; echo $?; done`;
    const { output } = await runInImage(builds.base, ['sh', '-c', loop, 'sh', ...names.map(readScript)], SESSION);
    const passing = output.split('\n').flatMap((status, index) => (status === '0' ? [names[index]] : []));
    expect(output.split('\n')).toHaveLength(names.length);
    expect(passing).toEqual([]);
  });
});
