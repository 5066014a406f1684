import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detect } from '../../../services/builder/detect/detect.ts';
import { renderDockerfile } from '../../../services/builder/dockerfile/render-dockerfile.ts';
import type { BuildExtras } from '../../../services/builder/builder-parts.ts';
import { createLocalDirectory } from '../../../services/builder/fetch/local-directory.ts';
import { createBuilder } from '../../../services/builder/main.ts';
import { makeEnvironmentKey } from '../../../services/builder/plan/make-environment-key.ts';
import { makePlan } from '../../../services/builder/plan/make-plan.ts';
import type { BuildPlan, EnvironmentPlan } from '../../../services/contracts/build-plan.ts';
import type { BuildRequest, BuildResult } from '../../../services/contracts/build.ts';
import { Settings } from '../../../services/contracts/settings.ts';
import { SlipwayError } from '../../../services/contracts/slipway-error.ts';
import { createAddressGuard } from '../../../services/platform/address-guard.ts';
import { loadConfig } from '../../../services/platform/config-loader.ts';
import { createGit } from '../../../services/platform/git-command.ts';
import { readTestCaBundle, shareTestBase } from '../../support/base-image.ts';
import { startCondaChannels, type CondaChannels } from '../../support/conda-channel.ts';
import {
  connectTestEngine,
  createImageScope,
  readBridgeAddress,
  runInImage,
  type RunOutcome,
} from '../../support/docker-engine.ts';
import { writeFiles, type GitFiles } from '../../support/git-files.ts';
import { startGitServer, type GitServer, type ServedRepository } from '../../support/git-server.ts';
import type { ContainerCreateOptions, ImageInspectInfo } from 'dockerode';
import { createMemoryRepositoryFiles, type RepositoryTable } from '../../support/memory-repository-files.ts';
import { runGenerator } from '../../support/run-generator.ts';
import { makeBuildRequest } from '../build-request.ts';
import { CHANNEL } from './channels.ts';

const OPTIONS = {
  pythons: ['3.14', '3.13', '3.12', '3.11', '3.10'],
  defaultPython: '3.13',
  rRepository: 'https://cran.example.org/{date}',
};
const BASE = { key: 'aa', platform: 'linux/amd64' };
const BUILD_TIMEOUT_MS = 170_000;

export type Built = { readonly image: string; readonly log: string; readonly result: BuildResult };

type BuildLimits = Readonly<Record<string, unknown>>;

/** What the rows verify with. The first part reads files alone; the second uses the engine, and is made when first asked. */
export type Tools = {
  readonly plan: (files: RepositoryTable) => BuildPlan;
  /** The plan of a repository that has no Dockerfile. */
  readonly environment: (files: RepositoryTable) => EnvironmentPlan;
  /** The error that a repository is refused with; fails when it is planned. */
  readonly refusal: (files: RepositoryTable) => SlipwayError;
  /** Why each file is used or not, one a line. */
  readonly reasons: (files: RepositoryTable) => string;
  readonly key: (files: RepositoryTable) => string;
  readonly dockerfile: (files: RepositoryTable) => string;
  /** A repository of a real Git server, for what only fetching shows. */
  readonly git: () => Promise<GitServer>;
  /** Fetches and builds; `allowHosts` are servers of this machine that requirements may name. */
  readonly buildGit: (served: ServedRepository, allowHosts?: readonly string[]) => Promise<Built>;
  /** Builds a directory of this machine, whatever is in it; gives the image a name of its own unless it has one. */
  readonly buildDirectory: (directory: string, image?: string) => Promise<Built>;
  /** `limits` are settings below `build`, instead of the defaults. */
  readonly build: (files: GitFiles, extras?: BuildExtras, limits?: BuildLimits) => Promise<Built>;
  /** Builds what is solved against the channel of the tests, as packages were on a day if one is named. */
  readonly buildConda: (files: GitFiles, asOf?: string) => Promise<Built>;
  readonly inspect: (image: string) => Promise<ImageInspectInfo>;
  /** Name of the base image of the default Python. */
  readonly base: () => Promise<string>;
  readonly run: (image: string, command: readonly string[], options?: ContainerCreateOptions) => Promise<RunOutcome>;
  /** A directory that is removed at the end. */
  readonly directory: () => Promise<string>;
  /** Does something once, however many rows ask for it. */
  readonly once: <Result>(name: string, work: () => Promise<Result>) => Promise<Result>;
};

const planOf = (files: RepositoryTable): BuildPlan => makePlan(detect(createMemoryRepositoryFiles(files), OPTIONS));

const environmentOf = (files: RepositoryTable): EnvironmentPlan => {
  const plan = planOf(files);
  if (plan.kind !== 'environment') throw new Error('the plan is a Dockerfile');
  return plan;
};

const refusalOf = (files: RepositoryTable): SlipwayError => {
  try {
    planOf(files);
  } catch (error) {
    if (error instanceof SlipwayError) return error;
    throw error;
  }
  throw new Error('the repository was not refused');
};

const readers = {
  plan: planOf,
  environment: environmentOf,
  refusal: refusalOf,
  reasons: (files: RepositoryTable) =>
    planOf(files)
      .evidence.map(({ file, used, because }) => `${file} ${used ? 'used' : 'not used'}: ${because}`)
      .join('\n'),
  key: (files: RepositoryTable) => makeEnvironmentKey(environmentOf(files), BASE),
  dockerfile: (files: RepositoryTable) =>
    renderDockerfile(environmentOf(files), {
      base: 'base',
      caBundle: false,
      index: false,
      packageCache: 'slipway',
      juliaMirror: '',
    }),
};

const createOnce = (): Tools['once'] => {
  const started = new Map<string, Promise<unknown>>();
  return <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
    const running = started.get(name) ?? work();
    started.set(name, running);
    return running as Promise<Result>;
  };
};

/** Makes the tools; nothing of the engine is touched before a row asks for it. */
export const createTools = (): Tools & AsyncDisposable => {
  const engine = connectTestEngine();
  const scope = createImageScope(engine, 'edge-cases');
  const once = createOnce();
  const directories: string[] = [];
  let server: GitServer | undefined;
  let channels: CondaChannels | undefined;
  let built = 0;

  const git = () => once('git', async () => (server = await startGitServer()));
  const startChannels = () =>
    once('channels', async () => {
      channels = await startCondaChannels(await readBridgeAddress(engine), { main: CHANNEL });
      return { condaMirror: channels.url, condaChannels: ['main'] };
    });
  const base = () => once('base', () => shareTestBase(engine, scope.prefix));
  const directory = async (): Promise<string> => {
    const made = await mkdtemp(join(tmpdir(), 'edge-cases-'));
    directories.push(made);
    return made;
  };
  type Local = {
    readonly directory?: string;
    readonly extras?: BuildExtras | undefined;
    readonly allowHosts?: readonly string[] | undefined;
    readonly limits?: BuildLimits | undefined;
  };
  const runBuild = async (request: BuildRequest, local: Local = {}): Promise<Built> => {
    await base();
    const overrides = { imagePrefix: scope.prefix, ...(local.limits === undefined ? {} : { build: local.limits }) };
    const builder = createBuilder(loadConfig(Settings, { env: {}, prefix: 'SLIPWAY', overrides }), engine, {
      git: createGit(process.env),
      guard: createAddressGuard([(await git()).host, ...(local.allowHosts ?? [])]),
      temporary: await directory(),
      caBundle: await readTestCaBundle(),
      ...(local.directory === undefined ? {} : { fetcher: createLocalDirectory(local.directory) }),
      extras: local.extras,
    });
    const { items, result } = await runGenerator(builder.build(request, AbortSignal.timeout(BUILD_TIMEOUT_MS)));
    return { image: request.imageName, log: items.map(({ message }) => message).join(''), result };
  };
  const nameImage = (): string => `${scope.prefix}image:${(built += 1)}`;
  const requestDirectory = (path: string, image = nameImage()): BuildRequest =>
    makeBuildRequest({ url: `file://${path}`, commit: '0'.repeat(40) }, image);

  return {
    ...readers,
    once,
    git,
    base,
    directory,
    run: runInImage,
    inspect: (image) => engine.getImage(image).inspect(),
    buildDirectory: (path, image) => runBuild(requestDirectory(path, image), { directory: path }),
    buildGit: (served, allowHosts) => runBuild(makeBuildRequest(served, nameImage()), { allowHosts }),
    build: async (files, extras, limits) => {
      const path = await directory();
      await writeFiles(path, files);
      return runBuild(requestDirectory(path), { directory: path, extras, limits });
    },
    buildConda: async (files, asOf) => {
      const path = await directory();
      await writeFiles(path, files);
      const request = { ...requestDirectory(path), ...(asOf === undefined ? {} : { asOf }) };
      return runBuild(request, { directory: path, limits: { ...(await startChannels()) } });
    },
    [Symbol.asyncDispose]: async () => {
      await channels?.[Symbol.asyncDispose]();
      await scope[Symbol.asyncDispose]();
      await server?.[Symbol.asyncDispose]();
      for (const path of directories) await rm(path, { recursive: true, force: true });
    },
  };
};
