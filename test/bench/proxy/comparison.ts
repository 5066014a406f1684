import { median } from '../statistics.ts';

/** One figure of each run: without a proxy, through the peer, through ours. */
export type Comparison = {
  readonly name: string;
  readonly unit: '1/s' | 'ms' | 'µs';
  readonly direct: readonly number[];
  readonly peer: readonly number[];
  readonly ours: readonly number[];
  /** Of ours as a part of the peer's. */
  readonly target: { readonly least: number } | { readonly most: number } | undefined;
};

const SHOWN: Readonly<Record<Comparison['unit'], (value: number) => string>> = {
  '1/s': (value) => value.toFixed(0),
  ms: (value) => (value * 1000).toFixed(3),
  µs: (value) => (value * 1_000_000).toFixed(1),
};

const renderTarget = (target: Comparison['target']): string => {
  if (target === undefined) return '';
  return 'least' in target ? `≥ ${target.least} ×` : `≤ ${target.most} ×`;
};

const judge = (ratio: number, target: Comparison['target']): string => {
  if (target === undefined) return '';
  const isMet = 'least' in target ? ratio >= target.least : ratio <= target.most;
  return isMet ? 'met' : 'MISSED';
};

const TITLES = ['measure', 'unit', 'direct', 'configurable-http-proxy', 'ours', 'ratio', 'target', ''];

const renderRow = ({ name, unit, direct, peer, ours, target }: Comparison): readonly string[] => {
  const ratio = median(ours) / median(peer);
  const values = [direct, peer, ours].map((figures) => SHOWN[unit](median(figures)));
  return [name, unit, ...values, ratio.toFixed(2), renderTarget(target), judge(ratio, target)];
};

/** Medians side by side, as a table for a terminal. */
export const renderComparison = (comparisons: readonly Comparison[]): string => {
  const rows = [TITLES, ...comparisons.map(renderRow)];
  const widths = TITLES.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const renderLine = (row: readonly string[]): string =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return rows.map((row) => renderLine(row).trimEnd()).join('\n');
};
