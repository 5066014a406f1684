import { createHash } from 'node:crypto';
import { RECIPE } from './recipe.ts';

export type ImageNameInput = {
  readonly prefix: string;
  readonly canonical: string;
  readonly commit: string;
  readonly subdir?: string | undefined;
};

const SLUG_LENGTH = 60;

/** A readable, registry-safe rendering of `text`: lower-case letters, digits and single dashes. */
const makeSlug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(-SLUG_LENGTH)
    .replaceAll(/^-+|-+$/g, '');

/**
 * The name of a commit's image, computed before anything is fetched so that finding it is one look-up.
 * Shape: `<prefix><slug>-<10 hex of sha256(canonical, sub-directory, recipe)>:<commit>`.
 */
export const makeImageName = ({ prefix, canonical, commit, subdir = '' }: ImageNameInput): string => {
  const identity = createHash('sha256').update([canonical, subdir, RECIPE].join('\n')).digest('hex').slice(0, 10);
  const slug = makeSlug(canonical);
  return `${prefix}${slug === '' ? '' : `${slug}-`}${identity}:${commit}`;
};

/** The name of an environment image: equal installation inputs give equal names, whatever the repository. */
export const makeEnvironmentImageName = (prefix: string, environmentKey: string): string =>
  `${prefix}env:${environmentKey}`;
