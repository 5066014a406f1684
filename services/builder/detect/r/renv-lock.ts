import { Type } from 'typebox';
import { checkData } from '../python/toml-file.ts';
import { createDetectError } from '../detect-error.ts';

const RenvLock = Type.Object({
  R: Type.Optional(Type.Object({ Version: Type.Optional(Type.String()) })),
  Packages: Type.Record(
    Type.String({ pattern: '^[^]*$' }),
    Type.Object({ Package: Type.String(), Version: Type.String() }),
  ),
});

/** What renv.lock names: the version of R that it was written with, and how many packages. */
export type RenvLock = { readonly r?: string; readonly count: number };

const HINT = 'Write it again with renv::snapshot().';

const parseJson = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    const at = /\(line (\d+) column \d+\)/.exec(reason)?.[1];
    const line = at === undefined ? {} : { line: Number(at) };
    throw createDetectError('DETECT_LOCK_INVALID', { file, ...line, problem: 'it is not JSON.', hint: HINT });
  }
};

/** Reads renv.lock as far as is needed to know whether renv can read it. Throws DETECT_LOCK_INVALID with the line. */
export const parseRenvLock = (text: string, file: string): RenvLock => {
  const data = { file, data: parseJson(text, file), text };
  const { data: lock } = checkData(data, { schema: RenvLock, code: 'DETECT_LOCK_INVALID' });
  const r = lock.R?.Version;
  return {
    ...(r !== undefined && /^\d+\.\d+(?:\.\d+)?$/.test(r) ? { r } : {}),
    count: Object.keys(lock.Packages).length,
  };
};
