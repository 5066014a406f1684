import { existsSync } from 'node:fs';
import type { BuildEvent, BuildRequest, BuildResult } from '../contracts/build.ts';
import type { ResolvedRepository } from '../contracts/repository.ts';
import type { Settings } from '../contracts/settings.ts';
import { systemClock, type Clock } from '../platform/clock.ts';
import type { AddressGuard } from '../platform/address-guard.ts';
import type { DockerEngine } from '../platform/docker-engine.ts';
import type { RunGit } from '../platform/git-command.ts';
import type { ProxyVariables } from '../platform/proxy-variables.ts';
import { createBaseImages, type BaseImage } from './base/base-images.ts';
import { offerPythons } from './base/python-versions.ts';
import type { BuilderParts, BuildExtras, BuildOptions, Publishing } from './builder-parts.ts';
import type { ContentFetcher } from './fetch/content-fetcher.ts';
import { openContent, type OpenContent } from './fetch/open-content.ts';
import { createRepositoryFetcher } from './fetch/repository-fetcher.ts';
import { createDockerImageBuilder } from './image/docker-image-builder.ts';
import { findImage } from './image/find-image.ts';
import { createDockerHousekeeper, type DockerHousekeeperParts } from './image/docker-housekeeper.ts';
import type { Housekeeper } from './image/housekeeper.ts';
import { markImages } from './image/mark-images.ts';
import { pruneNameless } from './image/prune-nameless.ts';
import { createProxiedBuilder } from './image/proxied-builder.ts';
import { createDockerImageRegistry } from './image/registry/docker-image-registry.ts';
import { createDockerImageStore, sweepLayerContainers } from './image/docker-image-store.ts';
import type { StepLimits } from './limits/control-groups.ts';
import { readKernelLog } from './limits/kernel-log.ts';
import { createStepGuard } from './limits/step-guard.ts';
import { createValueHider, hideInLines, secretsOf } from './image/hide-values.ts';
import { createNetworkSources } from './sources/network-sources.ts';

/** What the process brings along, beside its settings. */
export type BuilderSurroundings = {
  readonly git: RunGit;
  readonly guard: AddressGuard;
  /** Directory for the work of builds; it must exist. */
  readonly temporary: string;
  /** Certificate authorities that builds trust, as PEM: the text of the file that the settings or the process name. */
  readonly caBundle?: string | undefined;
  /** Proxies that builds use. */
  readonly proxies?: ProxyVariables | undefined;
  /** Another source than git, for directories of this machine. */
  readonly fetcher?: ContentFetcher | undefined;
  readonly clock?: Clock | undefined;
  /** Told why an image could not be stored in the registry; the build goes on. */
  readonly onPushFailure?: BuilderParts['onPushFailure'];
  /** What is added to each image. */
  readonly extras?: BuildExtras | undefined;
  /** Whether images are pushed to the registry of the settings. */
  readonly publishing?: Publishing | undefined;
};

/** How many containers were removed, and how many images without a name. */
export type Swept = { readonly containers: number; readonly nameless: number };

export type Builder = {
  /** Makes the image of a commit; see buildImage. */
  build(request: BuildRequest, signal: AbortSignal): AsyncGenerator<BuildEvent, BuildResult>;
  /** Whether an image exists; one that only the registry has is brought here, with lines for the log. */
  findImage(imageName: string, signal: AbortSignal): AsyncGenerator<string, boolean>;
  /** Fetches a commit that is not to be built, to be packed below a directory. */
  openContent(repository: ResolvedRepository, signal: AbortSignal): Promise<OpenContent>;
  /** Makes the base of the default Python version, or finds it. Yields progress lines. */
  ensureBase(signal: AbortSignal): AsyncGenerator<string, BaseImage>;
  /** Keeps the disk of the engine from filling up with images and the build cache. */
  createHousekeeper(parts: Pick<DockerHousekeeperParts, 'lastLaunches' | 'logger'>): Housekeeper;
  /** Whether steps of builds are held to limits of memory, CPU and processes, which only root of the engine's machine can. */
  readonly limitsSteps: boolean;
  /** Removes what nobody can use any more: containers that a killed process left, and images that have no name. */
  sweep(): Promise<Swept>;
};

const MIB = 2 ** 20;

const CONTROL_GROUPS = '/sys/fs/cgroup';

/** Control groups are root's, and only those of this machine's engine can be reached. */
const mayLimitSteps = (engine: DockerEngine): boolean =>
  process.getuid?.() === 0 && existsSync((engine.modem as { readonly socketPath?: string }).socketPath ?? '');

const stepLimitsOf = ({ build }: Settings): StepLimits => ({
  diskBytes: build.maxImageMib * MIB,
  memoryBytes: build.memoryMib * MIB,
  cpus: build.cpus,
  pids: build.pids,
});

/** What the settings and the surroundings mean for each build. */
const optionsOf = (
  settings: Settings,
  { temporary, caBundle, extras, publishing }: BuilderSurroundings,
): BuildOptions => {
  const { imagePrefix, build, base } = settings;
  const { environmentMaxAgeDays, indexUrl, packageCache, condaChannels, condaMirror } = build;
  const { rRepository, juliaMirror, nixpkgs } = build;
  return {
    imagePrefix,
    timeoutMs: build.timeoutSeconds * 1000,
    limits: {
      idleMs: build.idleSeconds * 1000,
      contextBytes: build.maxContextMib * MIB,
      imageBytes: build.maxImageMib * MIB,
    },
    pythons: offerPythons(base),
    defaultPython: base.defaultPython,
    environmentMaxAgeDays,
    indexUrl,
    packageCache,
    condaChannels,
    condaMirror,
    rRepository,
    juliaMirror,
    nixpkgs,
    caBundle,
    temporary,
    extras,
    publishing,
  };
};

const createParts = (settings: Settings, engine: DockerEngine, surroundings: BuilderSurroundings): BuilderParts => {
  const { git, guard, temporary, caBundle, clock = systemClock } = surroundings;
  const { imagePrefix, build, base, registry } = settings;
  const direct = createDockerImageBuilder(engine, build.logMib * MIB);
  const makers = {
    builder: createProxiedBuilder(direct, surroundings.proxies ?? {}),
    images: createDockerImageStore(engine),
    registry: registry.url === '' ? undefined : createDockerImageRegistry({ engine, registry, clock, temporary }),
  };
  const { builder, images, registry: imageRegistry } = markImages(makers, imagePrefix);
  return {
    fetcher: surroundings.fetcher ?? createRepositoryFetcher(settings, surroundings),
    sources: createNetworkSources({ git, guard, timeoutMs: settings.lookupTimeoutSeconds * 1000 }),
    bases: createBaseImages({
      engine,
      builder,
      images,
      imagePrefix,
      settings: base,
      indexUrl: build.indexUrl,
      caBundle,
    }),
    builder,
    images,
    steps: mayLimitSteps(engine)
      ? createStepGuard({ root: CONTROL_GROUPS, limits: stepLimitsOf(settings), readKernelLog })
      : undefined,
    registry: imageRegistry,
    onPushFailure: surroundings.onPushFailure,
    clock,
    options: optionsOf(settings, surroundings),
  };
};

/** A container without a start lives for seconds, as does an image before its name; what is this old belongs to nobody. */
const LEFT_AFTER_SECONDS = 3600;

const sweep = async (engine: DockerEngine, imagePrefix: string, clock: Clock): Promise<Swept> => {
  const containers = await sweepLayerContainers(engine, { imagePrefix, olderThanSeconds: LEFT_AFTER_SECONDS });
  const before = clock.now() - LEFT_AFTER_SECONDS * 1000;
  return { containers, nameless: await pruneNameless(engine, { imagePrefix, before }) };
};

/** Composes the builder of a Docker engine from settings. */
export const createBuilder = (settings: Settings, engine: DockerEngine, surroundings: BuilderSurroundings): Builder => {
  const parts = createParts(settings, engine, surroundings);
  const { imagePrefix } = settings;
  const hide = createValueHider(secretsOf(parts.options));
  return {
    build: async function* build(request, signal) {
      // Loaded at the first build: a server that only launches does without.
      const { buildImage } = await import('./build-pipeline.ts');
      return yield* buildImage(request, parts, signal);
    },
    findImage: (imageName, signal) => findImage(parts, imageName, signal),
    openContent: (repository, signal) =>
      openContent({ fetcher: parts.fetcher, temporary: surroundings.temporary }, repository, signal),
    ensureBase: (signal) => hideInLines(parts.bases.ensure({ python: settings.base.defaultPython }, signal), hide),
    createHousekeeper: (wanted) => createDockerHousekeeper(engine, { ...wanted, settings, clock: parts.clock }),
    limitsSteps: parts.steps !== undefined,
    sweep: () => sweep(engine, imagePrefix, parts.clock),
  };
};
