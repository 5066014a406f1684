import { describe, expect, it } from 'vitest';
import { isBad, isDistributed, KNOWN_BAD } from '../../../services/cli/doctor/known-bad.ts';

const known = (program: string) => KNOWN_BAD.find((one) => one.program === program) ?? expect.fail(program);

describe('versions that are known as bad', () => {
  it.each([
    ['runc', '1.1.5+ds1', true],
    ['runc', '1.2.7', true],
    ['runc', '1.2.8', false],
    ['runc', '1.3.3', false],
    ['runc', '1.4.2', false],
    ['runc', '2.0.0', false],
    ['containerd', '1.6.20~ds1', true],
    ['containerd', '1.7.27', false],
    ['containerd', '2.1.0', false],
    ['Docker engine', '20.10.24+dfsg1', true],
    ['Docker engine', '23.0.9', true],
    ['Docker engine', '24.0.9', false],
    ['Docker engine', '28.2.2', false],
    ['git', 'git version 2.39.5', true],
    ['git', 'git version 2.47.3 (Apple Git-1)', false],
    ['git', 'git version 2.50.0', true],
    ['git', 'git version 2.51.0', false],
  ])('%s %s: %s', (program, version, bad) => {
    expect(isBad(version, known(program))).toBe(bad);
  });

  it('may have been corrected by a distribution, which does not change the number', () => {
    expect(['1.1.5+ds1', '1.6.20~ds1', '20.10.24+dfsg1', '1.1.12-0ubuntu2'].every(isDistributed)).toBe(true);
    expect(['1.2.7', '28.2.2', '1.4.0-rc.3'].some(isDistributed)).toBe(false);
  });
});
