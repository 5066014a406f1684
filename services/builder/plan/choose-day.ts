import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { Evidence } from '../../contracts/build-plan.ts';
import { hasSnapshots, type RPart } from '../detect/r/read-r.ts';
import type { Detection } from '../detect/detection.ts';

/** The day (yyyy-mm-dd, UTC) of a time in seconds since 1970. */
const dayOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);

const readDay = (asOf: string, committedAt: number): string => {
  if (asOf !== 'commit') return asOf;
  if (committedAt > 0) return dayOf(committedAt);
  throw new SlipwayError('REPO_SPEC_INVALID', {
    message: 'What is built has no commit whose day could be taken.',
    hint: 'Name the day: --as-of 2026-01-31.',
  });
};

const explainR = (r: RPart | undefined): readonly Evidence[] =>
  r === undefined || hasSnapshots(r.repository)
    ? []
    : [
        {
          file: '',
          used: false,
          because: 'packages of R are those of today: build.rRepository has no snapshots ({date})',
        },
      ];

/**
 * Has packages installed as they were at the end of a day, whatever runtime.txt says: `asOf` is yyyy-mm-dd, or `commit`
 * for the day of the commit that is built.
 */
export const chooseDay = (detection: Detection, asOf: string, committedAt: number): Detection => {
  if (detection.kind !== 'environment') return detection;
  const day = readDay(asOf, committedAt);
  const instead = detection.asOf === undefined || detection.asOf === day ? '' : `, not of ${detection.asOf}`;
  const wanted = asOf === 'commit' ? 'the day of the commit' : 'the day that was asked for';
  const because = `packages are those of ${day}${instead}: ${wanted}`;
  const evidence = [...detection.evidence, { file: '', used: true, because }, ...explainR(detection.r)];
  return {
    ...detection,
    asOf: day,
    evidence,
    ...(detection.r === undefined ? {} : { r: { ...detection.r, asOf: day } }),
  };
};
