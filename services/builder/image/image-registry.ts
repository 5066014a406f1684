import type { LayeredImage } from './image-store.ts';

/** A layered image whose layer has names relative to the top of the file system. */
export type RegistryLayer = Omit<LayeredImage, 'root'>;

/**
 * Images beyond the engine, by the names that they have in the engine. Promises: not knowing is thrown
 * (IMAGE_LOOKUP_FAILED), never answered as absent; pushing and pulling yield lines for the log and throw
 * IMAGE_PUSH_FAILED and IMAGE_PULL_FAILED; an image appears under its name complete or not at all.
 */
export interface ImageRegistry {
  /** The name by which anybody can pull an image from the registry. */
  addressOf(imageName: string): string;
  has(imageName: string, signal: AbortSignal): Promise<boolean>;
  /** Brings an image from the registry to the engine. */
  pull(imageName: string, signal: AbortSignal): AsyncGenerator<string, void>;
  /** Brings an image from the engine to the registry. */
  push(imageName: string, signal: AbortSignal): AsyncGenerator<string, void>;
  /**
   * Stores an image that was made of another one and a layer, which the engine has both: no layer of the other one is
   * sent that the registry has.
   */
  pushLayer(image: RegistryLayer, signal: AbortSignal): AsyncGenerator<string, void>;
}
