import { median } from './statistics.ts';

/** The most that a measure may be, in seconds or as a part of its peer's. */
export type Target = { readonly of: 'ratio' | 'seconds'; readonly most: number };

/** One thing that was measured: seconds of each run, ours beside the peer's where there is one. */
export type Measure = {
  readonly name: string;
  readonly peer: string;
  readonly peerSeconds: readonly number[];
  readonly ourSeconds: readonly number[];
  readonly targets: readonly Target[];
};

export type Verdict = {
  readonly name: string;
  readonly peer: string;
  readonly peerSeconds: number | null;
  readonly ourSeconds: number;
  readonly ratio: number | null;
  readonly target: string;
  readonly met: boolean;
};

const renderTarget = ({ of, most }: Target): string => (of === 'ratio' ? `≤ ${most} ×` : `≤ ${most} s`);

/** Compares medians with the targets; all of them must be met. */
export const judge = ({ name, peer, peerSeconds, ourSeconds, targets }: Measure): Verdict => {
  const ours = median(ourSeconds);
  const theirs = peerSeconds.length === 0 ? null : median(peerSeconds);
  const ratio = theirs === null ? null : ours / theirs;
  const isMet = ({ of, most }: Target): boolean => (of === 'seconds' ? ours <= most : ratio !== null && ratio <= most);
  return {
    name,
    peer,
    peerSeconds: theirs,
    ourSeconds: ours,
    ratio,
    target: targets.map(renderTarget).join(', '),
    met: targets.every(isMet),
  };
};

const show = (value: number | null): string => (value === null ? '' : value.toFixed(value < 10 ? 3 : 1));

const COLUMNS: readonly (readonly [string, (verdict: Verdict) => string])[] = [
  ['measure', ({ name }) => name],
  ['peer', ({ peer }) => peer],
  ['peer s', ({ peerSeconds }) => show(peerSeconds)],
  ['ours s', ({ ourSeconds }) => show(ourSeconds)],
  ['ratio', ({ ratio }) => show(ratio)],
  ['target', ({ target }) => target],
  ['', ({ target, met }) => (target === '' ? '' : met ? 'met' : 'MISSED')],
];

/** The verdicts side by side, as a table for a terminal. */
export const renderTable = (verdicts: readonly Verdict[]): string => {
  const rows = [COLUMNS.map(([title]) => title), ...verdicts.map((one) => COLUMNS.map(([, cell]) => cell(one)))];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};
