import type { Database } from '../../platform/sqlite.ts';

const LAST_LAUNCHES = `
  SELECT json_extract(event, '$.imageName') AS image, MAX(json_extract(event, '$.at')) AS at
  FROM launch_events WHERE json_extract(event, '$.phase') = 'built' GROUP BY image`;

/** When each image was launched last, by its name: milliseconds since 1970, from the history of this installation. */
export const readLastLaunches = (database: Database): Map<string, number> =>
  new Map(
    database
      .prepare(LAST_LAUNCHES)
      .all()
      .map(({ image, at }) => [String(image), Number(at)]),
  );
