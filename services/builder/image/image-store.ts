import type { Readable } from 'node:stream';

export type StoredImage = {
  /** Content address, `sha256:…`. */
  readonly digest: string;
  readonly labels: Readonly<Record<string, string>>;
  /** With all of its layers. */
  readonly bytes: number;
};

export type NamedImage = Pick<StoredImage, 'labels'> & { readonly name: string };

/** A new image made of an existing one, a layer of files and configuration; nothing is run to make it. */
export type LayeredImage = {
  readonly tag: string;
  readonly from: string;
  /** Tar stream whose names are relative to `root`; owners and modes are kept. */
  readonly layer: Readable;
  readonly root: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
};

/** What of an image matters to the sessions that start from it. */
export type ImageFacts = {
  /** As USER says it; '' for root. */
  readonly user: string;
  readonly entrypoint: readonly string[];
  /** Those of the wanted programs that are on the PATH. */
  readonly programs: readonly string[];
};

/**
 * Images by name. Promises: a failed look-up is thrown (IMAGE_LOOKUP_FAILED), never answered as absent;
 * an image appears under its name complete or not at all.
 */
export interface ImageStore {
  find(name: string): Promise<StoredImage | undefined>;
  /** All images that have these labels, each by all of its names. */
  list(labels: Readonly<Record<string, string>>): Promise<readonly NamedImage[]>;
  /** A file of at most 16 MiB of an image; undefined when the image, or the file in it, is not there. */
  readFile(name: string, path: string): Promise<Buffer | undefined>;
  addLayer(image: LayeredImage, signal: AbortSignal): Promise<Pick<StoredImage, 'digest'>>;
  /** Looks into an image without running anything of it. */
  readFacts(name: string, programs: readonly string[], signal: AbortSignal): Promise<ImageFacts>;
  remove(name: string): Promise<void>;
}
