import { describe, expect, it } from 'vitest';
import { judge, renderTable, type Measure } from '../bench/measures.ts';
import { median } from '../bench/statistics.ts';

const measure: Measure = {
  name: 'first build',
  peer: 'pip',
  peerSeconds: [10, 30, 20],
  ourSeconds: [4, 100, 5],
  targets: [
    { of: 'ratio', most: 0.25 },
    { of: 'seconds', most: 6 },
  ],
};

describe('the verdict of a bench', () => {
  it('compares medians, so that one slow run does not decide', () => {
    expect(judge(measure)).toEqual({
      name: 'first build',
      peer: 'pip',
      peerSeconds: 20,
      ourSeconds: 5,
      ratio: 0.25,
      target: '≤ 0.25 ×, ≤ 6 s',
      met: true,
    });
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('needs every target to be met', () => {
    expect(judge({ ...measure, ourSeconds: [5.1] }).met).toBe(false);
    expect(judge({ ...measure, peerSeconds: [100], ourSeconds: [7] }).met).toBe(false);
    expect(judge({ ...measure, peerSeconds: [] }).met).toBe(false);
  });

  it('is shown in columns, with what was missed', () => {
    const table = renderTable([judge(measure), judge({ ...measure, name: 'x', ourSeconds: [7] })]);
    expect(table.split('\n')).toEqual([
      'measure      peer  peer s  ours s  ratio  target',
      'first build  pip   20.0    5.000   0.250  ≤ 0.25 ×, ≤ 6 s  met',
      'x            pip   20.0    7.000   0.350  ≤ 0.25 ×, ≤ 6 s  MISSED',
    ]);
  });
});
