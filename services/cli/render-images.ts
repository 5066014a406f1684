import type { Removed } from '../builder/image/housekeeper.ts';
import type { OwnImage } from '../builder/image/list-images.ts';

const MIB = 2 ** 20;
const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** A duration in its largest unit, for example `3 h`. */
const renderAge = (milliseconds: number): string => {
  const [unit, length] = UNITS.find(([, length]) => milliseconds >= length) ?? ['s', 1000];
  return `${Math.max(0, Math.floor(milliseconds / length))} ${unit}`;
};

const renderSize = (bytes: number): string =>
  bytes >= 1024 * MIB ? `${(bytes / 1024 / MIB).toFixed(1)} GiB` : `${Math.round(bytes / MIB)} MiB`;

const HEADER = ['KIND', 'SIZE', 'AGE', 'LAUNCHED', 'CONTAINERS', 'COMMIT', 'REPOSITORY', 'NAME'];

export type ImageTable = {
  readonly images: readonly OwnImage[];
  /** When images were launched last, by name. */
  readonly launches: ReadonlyMap<string, number>;
  readonly now: number;
};

/** What was removed: an image a line, then how many without a name, if there were any, and how much of the build cache. */
export const renderRemoved = ({ images, nameless, cacheBytes }: Removed): string =>
  [
    ...images.map((name) => `removed ${name}`),
    ...(nameless === 0 ? [] : [`images without a name: ${nameless} removed`]),
    `build cache: ${renderSize(cacheBytes)} removed`,
    '',
  ].join('\n');

/** A table for people, one image a line; `-` where there is nothing to say. */
export const renderImages = ({ images, launches, now }: ImageTable): string => {
  const rows = images.map(({ name, kind, repository, commit, bytes, createdAt, containers }) => {
    const launched = launches.get(name);
    const ages = [createdAt, launched].map((at) => (at === undefined ? '-' : renderAge(now - at)));
    return [kind, renderSize(bytes), ...ages, String(containers), commit?.slice(0, 12) ?? '-', repository ?? '-', name];
  });
  const lines = [HEADER, ...rows];
  const widths = HEADER.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
};
