/** A session whose end frees a place: how old it is, and how long sessions of its repository usually last. */
export type Ending = { readonly ageSeconds: number; readonly usualSeconds: number };

/** A session that lives longer than usual ends nobody knows when: some part of the usual time is still to come. */
const OVERDUE = 0.1;

const remaining = ({ ageSeconds, usualSeconds }: Ending): number =>
  Math.max(usualSeconds - ageSeconds, usualSeconds * OVERDUE);

/**
 * Seconds until a launch at this position has its turn, if sessions last as long as they usually do: each end lets
 * one in, whose own end lets in another. Undefined when nothing runs that could end.
 */
export const estimateWait = (position: number, endings: readonly Ending[]): number | undefined => {
  if (endings.length === 0) return undefined;
  const usual = endings.reduce((sum, { usualSeconds }) => sum + usualSeconds, 0) / endings.length;
  const sorted = endings.map(remaining).toSorted((left, right) => left - right);
  const round = Math.floor((position - 1) / sorted.length);
  const next = sorted[(position - 1) % sorted.length] ?? usual;
  return Math.max(1, Math.ceil(next + round * usual));
};
