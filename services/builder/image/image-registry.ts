/**
 * Images beyond the engine, by the names that they have in the engine. Promises: not knowing is thrown
 * (IMAGE_LOOKUP_FAILED), never answered as absent; pushing and pulling yield lines for the log and throw
 * IMAGE_PUSH_FAILED and IMAGE_PULL_FAILED; an image appears under its name complete or not at all.
 */
export interface ImageRegistry {
  has(imageName: string, signal: AbortSignal): Promise<boolean>;
  /** Brings an image from the registry to the engine. */
  pull(imageName: string, signal: AbortSignal): AsyncGenerator<string, void>;
  /** Brings an image from the engine to the registry. */
  push(imageName: string, signal: AbortSignal): AsyncGenerator<string, void>;
}
