import { describe, expect, it } from 'vitest';
import type { Detection } from '../../../services/builder/detect/detection.ts';
import { makePlan } from '../../../services/builder/plan/make-plan.ts';
import { chooseDay } from '../../../services/builder/plan/choose-day.ts';

const FOUND: Detection = { kind: 'environment', python: '3.13', apt: [], installs: [], evidence: [] };
const COMMITTED = Date.parse('2024-05-01T23:59:00Z') / 1000;

describe('the day of packages', () => {
  it('is the one that is asked for, or that of the commit, and the evidence says so', () => {
    expect(chooseDay(FOUND, '2024-01-10', COMMITTED)).toMatchObject({
      asOf: '2024-01-10',
      evidence: [{ because: 'packages are those of 2024-01-10: the day that was asked for' }],
    });
    expect(chooseDay(FOUND, 'commit', COMMITTED)).toMatchObject({ asOf: '2024-05-01' });
  });

  it('takes the place of that of runtime.txt', () => {
    expect(chooseDay({ ...FOUND, asOf: '2023-01-01' }, 'commit', COMMITTED)).toMatchObject({
      asOf: '2024-05-01',
      evidence: [{ because: 'packages are those of 2024-05-01, not of 2023-01-01: the day of the commit' }],
    });
  });

  it('is that of packages of R too, where their repository has snapshots', () => {
    const r = { version: '4.5', repository: 'https://cran.example.org/{date}', asOf: '2023-01-01', needs: [] };
    const dated = chooseDay({ ...FOUND, r }, '2024-01-10', COMMITTED);
    expect(dated).toMatchObject({ r: { asOf: '2024-01-10' }, evidence: [{ used: true }] });
    expect(makePlan(dated)).toMatchObject({
      r: { repository: 'https://cran.example.org/2024-01-10', prefersDebian: false },
    });
    const still = chooseDay({ ...FOUND, r: { ...r, repository: 'https://cran.example.org' } }, '2024-01-10', COMMITTED);
    expect(still.evidence.at(-1)).toMatchObject({ used: false, because: expect.stringContaining('build.rRepository') });
    expect(makePlan(still)).toMatchObject({ r: { repository: 'https://cran.example.org', prefersDebian: true } });
  });

  it('cannot be that of something without a commit', () => {
    expect(() => chooseDay(FOUND, 'commit', 0)).toThrow(expect.objectContaining({ code: 'REPO_SPEC_INVALID' }));
  });
});
