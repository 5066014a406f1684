import { appendFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResolvedRepository } from '../../contracts/repository.ts';
import type { LaunchRecord } from './event-log.ts';

/** A line of the archive: version 6 of BinderHub's schema of launches. */
export type ArchivedLaunch = {
  readonly timestamp: string;
  readonly schema: 'binderhub.jupyter.org/launch';
  readonly version: 6;
  readonly provider: string;
  readonly spec: string;
  readonly ref: string;
  readonly status: 'success';
  readonly build_token: boolean;
  readonly origin: string;
  readonly request_origin: string;
};

export type LaunchArchive = {
  /** Writes down a launch that succeeded; resolves when the line is in its file. */
  add(launch: ArchivedLaunch): Promise<void>;
};

/** How the schema calls the providers. */
const PROVIDERS: Readonly<Record<string, string>> = {
  gh: 'GitHub',
  gist: 'Gist',
  git: 'Git',
  gl: 'GitLab',
  zenodo: 'Zenodo',
  figshare: 'Figshare',
  hydroshare: 'Hydroshare',
  dataverse: 'Dataverse',
  ckan: 'CKAN',
};

const MINUTE_MS = 60_000;

/** What the archive says of a launch; times are cut to the minute, so that no line stands for one visitor's click. */
export const makeArchivedLaunch = (
  { request }: LaunchRecord,
  { commit, record }: ResolvedRepository,
  now: number,
): ArchivedLaunch => {
  const { repo, launchHost, requestOrigin = '', buildToken = false } = request;
  const minute = new Date(Math.floor(now / MINUTE_MS) * MINUTE_MS);
  return {
    timestamp: minute.toISOString().replace('.000Z', '+00:00'),
    schema: 'binderhub.jupyter.org/launch',
    version: 6,
    provider: PROVIDERS[repo.provider] ?? repo.provider,
    spec: repo.spec,
    ref: record?.version ?? commit,
    status: 'success',
    build_token: buildToken,
    origin: new URL(launchHost).host,
    request_origin: requestOrigin,
  };
};

type IndexLine = { readonly name: string; readonly date: string; readonly count: number };

const INDEX = 'index.jsonl';
const DAY_FILE = /^events-(\d{4}-\d{2}-\d{2})\.jsonl$/;

const renderLine = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** An index that is not there or cannot be read is made anew from the files. */
const readIndex = async (directory: string): Promise<ReadonlyMap<string, IndexLine>> => {
  try {
    const lines = (await readFile(join(directory, INDEX), 'utf8')).split('\n').filter((line) => line !== '');
    return new Map(lines.map((line) => JSON.parse(line) as IndexLine).map((line) => [line.name, line]));
  } catch {
    return new Map();
  }
};

const countLines = async (file: string): Promise<number> => (await readFile(file, 'utf8')).split('\n').length - 1;

/** Lists the days that are over; those that were listed before are not counted again. */
const writeIndex = async (directory: string, today: string): Promise<void> => {
  const known = await readIndex(directory);
  const lines: IndexLine[] = [];
  for (const name of (await readdir(directory)).sort()) {
    const [, date] = DAY_FILE.exec(name) ?? [];
    if (date === undefined || date >= today) continue;
    lines.push(known.get(name) ?? { name, date, count: await countLines(join(directory, name)) });
  }
  const file = join(directory, `.${INDEX}.${process.pid}`);
  await writeFile(file, lines.map(renderLine).join(''));
  await rename(file, join(directory, INDEX));
};

/**
 * Keeps one file a day and an index of those that are over, which is brought up to date when a day begins. Several
 * processes may write to one directory.
 */
export const createLaunchArchive = (directory: string): LaunchArchive => {
  let day = '';
  const begin = async (today: string): Promise<void> => {
    await mkdir(directory, { recursive: true });
    await writeIndex(directory, today);
    day = today;
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    add: (launch) => {
      const today = launch.timestamp.slice(0, 10);
      const write = async (): Promise<void> => {
        if (today !== day) await begin(today);
        await appendFile(join(directory, `events-${today}.jsonl`), renderLine(launch));
      };
      const written = last.then(write);
      last = written.catch(() => undefined);
      return written;
    },
  };
};
