import type { SlipwayError } from '../contracts/slipway-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { BaseImages } from './base/base-images.ts';
import type { ImageUser } from './dockerfile/image-user.ts';
import type { ContentFetcher } from './fetch/content-fetcher.ts';
import type { ImageBuilder } from './image/image-builder.ts';
import type { ImageRegistry } from './image/image-registry.ts';
import type { ImageStore } from './image/image-store.ts';
import type { StepGuard } from './limits/step-guard.ts';
import type { MovingSources } from './sources/moving-sources.ts';

/** What is added to each image of a builder. */
export type BuildExtras = {
  /** Instructions at the end of the Dockerfile, run as the user of the session; '' for none. */
  readonly appendix: string;
  readonly labels: Readonly<Record<string, string>>;
  /** May hold secrets: never logged. */
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Whether the log shows each Dockerfile that is built. */
  readonly showsDockerfiles: boolean;
  /** Whom the image runs as, and where the content is. */
  readonly user: ImageUser;
};

/** What one build may take, beyond its time. */
export type BuildLimits = {
  /** How long a running step may print nothing. */
  readonly idleMs: number;
  /** The content that is handed to one build. */
  readonly contextBytes: number;
  /** What one build may add to the image that it builds on. */
  readonly imageBytes: number;
};

/** Images are not pushed, are pushed if that can be done, or must be in the registry in the end. */
export type Publishing = 'never' | 'attempted' | 'required';

/** What builds are told by the operator. */
export type BuildOptions = {
  readonly imagePrefix: string;
  readonly timeoutMs: number;
  readonly limits: BuildLimits;
  readonly pythons: readonly string[];
  readonly defaultPython: string;
  /** After so many days an environment is installed anew; 0 for never. */
  readonly environmentMaxAgeDays: number;
  /** A Python package index instead of the default one; '' for none. */
  readonly indexUrl: string;
  /** Name of the caches of packages on the engine. */
  readonly packageCache: string;
  /** Conda channels that follow those of a repository. */
  readonly condaChannels: readonly string[];
  /** The server that has the channels which are named without an address. */
  readonly condaMirror: string;
  /** A repository of R packages, where {date} stands for a day or `latest`; '' for none. */
  readonly rRepository: string;
  /** What <nixpkgs> stands for in a Nix file: the address of an archive. */
  readonly nixpkgs: string;
  /** The server of Julia's releases. */
  readonly juliaMirror: string;
  /** Certificate authorities that builds trust, as PEM. */
  readonly caBundle?: string | undefined;
  /** Directory that builds work in, each in its own directory that is removed at its end. */
  readonly temporary: string;
  readonly extras?: BuildExtras | undefined;
  /** What is done with finished images where there is a registry; `attempted` when nothing is said. */
  readonly publishing?: Publishing | undefined;
};

/** Everything that a build is done with: the adapters and the operator's options. */
export type BuilderParts = {
  readonly fetcher: ContentFetcher;
  readonly sources: MovingSources;
  readonly bases: BaseImages;
  readonly builder: ImageBuilder;
  readonly images: ImageStore;
  /** Holds steps to their limits, where this process may. */
  readonly steps?: StepGuard | undefined;
  /** Where images are kept beyond the engine, when the operator has such a place. */
  readonly registry?: ImageRegistry | undefined;
  /** Told why an image could not be stored in the registry. */
  readonly onPushFailure?: ((error: SlipwayError) => void) | undefined;
  readonly clock: Clock;
  readonly options: BuildOptions;
};
