import { LABELS } from '../../contracts/labels.ts';
import type { NamedImage } from '../image/image-store.ts';

/** Lines of a requirements file that name packages, without comments. */
export type Requirements = readonly string[];

/** An environment image that another may start from. */
export type Start = { readonly name: string; readonly depth: number };

/** Each start leaves a layer, and hides something of those below. */
const GREATEST_DEPTH = 5;

/** Beyond this, most of the environment is probably another. */
const MOST_CHANGED_LINES = 5;

const parseRequirements = (text = '[]'): Requirements => JSON.parse(text) as Requirements;

/**
 * The environment to start from, of those of the same family: the one whose requirements differ least, and of equal ones the
 * one with the fewest others below it. Undefined where none is near: then it is the base. Pure.
 */
export const chooseStart = (environments: readonly NamedImage[], wanted: Requirements): Start | undefined => {
  const asked = new Set(wanted);
  const candidates = environments.map(({ name, labels }) => {
    const had = parseRequirements(labels[LABELS.requirements]);
    const kept = had.filter((line) => asked.has(line)).length;
    const changed = had.length + asked.size - 2 * kept;
    return { name, kept, changed, depth: Number(labels[LABELS.depth] ?? 0) };
  });
  const [nearest] = candidates
    .filter(({ kept, changed, depth }) => kept > 0 && changed <= MOST_CHANGED_LINES && depth < GREATEST_DEPTH)
    .toSorted((a, b) => a.changed - b.changed || a.depth - b.depth || (a.name < b.name ? -1 : 1));
  return nearest && { name: nearest.name, depth: nearest.depth };
};
