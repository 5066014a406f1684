import type { OwnImage } from './list-images.ts';

export type ImageUse = {
  readonly images: readonly OwnImage[];
  /** When images were launched last, by name. */
  readonly launches: ReadonlyMap<string, number>;
  readonly now: number;
};

/** What is younger, or was used later, may be about to be used. */
export const KEEP_MS = 3_600_000;

const isEnvironmentOf = (environment: OwnImage, { kind, environmentKey }: OwnImage): boolean =>
  kind === 'commit' && environmentKey !== undefined && environmentKey === environment.environmentKey;

/**
 * The names of the images that may be removed, in the order in which they should be: least recently used first, an
 * environment after all of its commits. Never a base, nor what a container is of or will be of in a moment, nor what
 * such an image is built on. Pure.
 */
export const chooseImages = ({ images, launches, now }: ImageUse): string[] => {
  const lastUse = (image: OwnImage): number => Math.max(image.createdAt, launches.get(image.name) ?? 0);
  const isKept = (image: OwnImage): boolean => image.containers > 0 || now - lastUse(image) < KEEP_MS;
  const candidates = images.flatMap((image) => {
    if (image.kind !== 'commit' && image.kind !== 'environment') return [];
    const commits = image.kind === 'commit' ? [] : images.filter((one) => isEnvironmentOf(image, one));
    const family = [image, ...commits];
    return family.some(isKept) ? [] : [{ image, usedAt: Math.max(...family.map(lastUse)) }];
  });
  const rank = ({ kind }: OwnImage): number => (kind === 'commit' ? 0 : 1);
  return candidates.sort((a, b) => a.usedAt - b.usedAt || rank(a.image) - rank(b.image)).map(({ image }) => image.name);
};
