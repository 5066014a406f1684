import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import type { BuildExtras } from '../builder/builder-parts.ts';
import { isBaseUser } from '../builder/dockerfile/image-user.ts';
import { createBuilder } from '../builder/main.ts';
import type { BuildRequest } from '../contracts/build.ts';
import { makeImageName, type ImageNameInput } from '../contracts/image-name.ts';
import { fromErrorBody } from '../contracts/slipway-error.ts';
import type { DockerEngine } from '../platform/docker-engine.ts';
import type { BuildLog } from './build-log.ts';
import { environment } from './environment.ts';
import { ensureEngine } from './ensure-engine.ts';
import { listNotices, readAsOf, readExtras, type ImageOptions } from './image-options.ts';
import { makeUsageError } from './parse-pairs.ts';
import { checkPush } from './push-options.ts';
import { checkBuilt, readLock } from './read-lock.ts';
import { readSettings } from './read-settings.ts';
import { resolveSource } from './resolve-source.ts';
import { readSurroundings } from './surroundings.ts';

/** An image that was just built, and the engine that has it. */
export type BuiltSource = { readonly imageName: string; readonly engine: DockerEngine };

/** What makes an image another one than that of the commit, which a server would find by its name. */
type Additions = readonly (string | Readonly<Record<string, string>>)[];

const makeName = (input: ImageNameInput, additions: Additions): string => {
  const name = makeImageName(input);
  if (additions.every((addition) => Object.keys(addition).length === 0)) return name;
  return `${name}-${createHash('sha256').update(JSON.stringify(additions)).digest('hex').slice(0, 10)}`;
};

/** What is to be built, under which name. */
const makeRequest = (
  { repository }: Pick<BuildRequest, 'repository'>,
  options: ImageOptions,
  { imagePrefix: prefix, extras }: { readonly imagePrefix: string; readonly extras: BuildExtras },
): BuildRequest => {
  const { canonical, commit } = repository;
  const { subdir } = options;
  const asOf = readAsOf(options, Date.now());
  if (asOf === 'commit' && repository.provider === 'local')
    throw makeUsageError('A directory has no commit whose day --as-of could take.', 'Write --as-of 2026-01-31.');
  const user = isBaseUser(extras.user) ? '' : JSON.stringify(extras.user);
  const lock = options.locked === undefined ? undefined : readLock(options.locked);
  const additions = [
    extras.appendix,
    extras.labels,
    extras.buildArgs,
    asOf ?? '',
    lock === undefined ? '' : JSON.stringify(lock),
    user,
  ];
  return {
    imageName: options.imageName ?? makeName({ prefix, canonical, commit, subdir }, additions),
    repository,
    ...(subdir === undefined ? {} : { subdir }),
    ...(asOf === undefined ? {} : { asOf }),
    ...(lock === undefined ? {} : { lock }),
  };
};

/** Builds the image that a command asks for and tells `log` how it goes. Throws what ends it, as SlipwayError. */
export const buildSource = async (
  source: string,
  options: ImageOptions,
  { log, signal }: { readonly log: BuildLog; readonly signal: AbortSignal },
): Promise<BuiltSource> => {
  const settings = readSettings(options, environment);
  const extras = readExtras(options, environment);
  checkPush(options, settings.registry);
  const publishing = options.push === true ? 'required' : 'never';
  const report = log.reportAs('building');
  listNotices(options).forEach(report);
  const ref = options.ref ?? 'HEAD';
  const resolved = await resolveSource(source, { settings, ref, signal });
  const hasRefs = resolved.fetcher === undefined && resolved.repository.record === undefined;
  if (options.ref !== undefined && !hasRefs) report('--ref has no effect: only a Git repository has refs.');
  const request = makeRequest(resolved, options, { imagePrefix: settings.imagePrefix, extras });
  const engine = await ensureEngine({ settings, env: environment, report });
  const surroundings = readSurroundings(settings, environment, tmpdir());
  const builder = createBuilder(settings, engine, { ...surroundings, fetcher: resolved.fetcher, extras, publishing });
  const run = builder.build(request, signal);
  let next = await run.next();
  for (; next.done !== true; next = await run.next()) log.event(next.value);
  if (!next.value.ok) throw fromErrorBody(next.value.error);
  if (request.lock !== undefined) await checkBuilt(engine, request.imageName, request.lock);
  return { imageName: request.imageName, engine };
};
