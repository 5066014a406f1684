import type { Clock } from '../platform/clock.ts';
import type { BaseImages } from './base/base-images.ts';
import type { ContentFetcher } from './fetch/content-fetcher.ts';
import type { ImageBuilder } from './image/image-builder.ts';
import type { ImageStore } from './image/image-store.ts';

/** What builds are told by the operator. */
export type BuildOptions = {
  readonly imagePrefix: string;
  readonly timeoutMs: number;
  readonly pythons: readonly string[];
  readonly defaultPython: string;
  /** A Python package index instead of the default one; '' for none. */
  readonly indexUrl: string;
  /** Conda channels that follow those of a repository. */
  readonly condaChannels: readonly string[];
  /** The server that has the channels which are named without an address. */
  readonly condaMirror: string;
  /** Certificate authorities that builds trust, as PEM. */
  readonly caBundle?: string | undefined;
  /** Directory that builds work in, each in its own directory that is removed at its end. */
  readonly temporary: string;
};

/** Everything that a build is done with: the adapters and the operator's options. */
export type BuilderParts = {
  readonly fetcher: ContentFetcher;
  readonly bases: BaseImages;
  readonly builder: ImageBuilder;
  readonly images: ImageStore;
  readonly clock: Clock;
  readonly options: BuildOptions;
};
