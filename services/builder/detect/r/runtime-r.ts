import { createDetectError } from '../detect-error.ts';
import { listRs, rOf } from './r-version.ts';

export type RuntimeR = {
  /** x.y; undefined when any will do. */
  readonly r?: string;
  /** yyyy-mm-dd: packages are those of that day. */
  readonly asOf?: string;
  readonly because: string;
};

export type RuntimeROptions = {
  readonly file: string;
  /** Offered Python versions, whose bases have the versions of R. */
  readonly pythons: readonly string[];
};

const RUNTIME = /^r(?:-(?<version>\d{1,3}(?:\.\d{1,3}){0,2}))?(?:-(?<date>\d{4}-\d{2}-\d{2}))?$/;

/** Whether a line of runtime.txt asks for R. */
export const isRuntimeR = (line: string): boolean => line !== 'r' && RUNTIME.test(line);

const isDay = (date: string): boolean => {
  const time = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
};

const find = (version: string, rs: readonly string[]): string | undefined =>
  rs.find((r) => r === version || version.startsWith(`${r}.`) || r.startsWith(`${version}.`));

const refuse = (version: string, { file, pythons }: RuntimeROptions) => {
  const rs = listRs(pythons);
  return createDetectError('DETECT_RUNTIME_UNSUPPORTED', {
    file,
    problem: `R ${version} is not available; this server has R ${rs.join(', ')}, those of its Debian releases.`,
    hint: `Write one line: r-${rs[0] ?? ''}. Another R can come from conda: name r-base=${version} in environment.yml.`,
  });
};

/**
 * Reads a line for which isRuntimeR holds: `r-4.5`, `r-4.5.0` (the patch version is Debian's), each with a day behind it, or
 * `r-2026-01-10`. Throws DETECT_RUNTIME_UNSUPPORTED for an R that no base has, DETECT_RUNTIME_INVALID for no day.
 */
export const parseRuntimeR = (line: string, options: RuntimeROptions): RuntimeR => {
  const { version, date } = RUNTIME.exec(line)?.groups ?? {};
  if (date !== undefined && !isDay(date))
    throw createDetectError('DETECT_RUNTIME_INVALID', {
      file: options.file,
      problem: `${date} is not a day of the calendar.`,
      hint: `Write one line: r-${rOf(options.pythons[0] ?? '')}, with a day such as -2026-01-10 behind it or not.`,
    });
  const r = version === undefined ? undefined : find(version, listRs(options.pythons));
  if (version !== undefined && r === undefined) throw refuse(version, options);
  const asked = version === undefined ? 'it asks for R' : `it asks for R ${version}`;
  return {
    ...(r === undefined ? {} : { r }),
    ...(date === undefined ? {} : { asOf: date }),
    because: `${asked}${r === undefined || r === version ? '' : `; Debian's ${r} is used`}`,
  };
};
