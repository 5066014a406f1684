import { randomUUID } from 'node:crypto';
import type { BuildEvent, BuildRequest, BuildResult } from '../../contracts/build.ts';
import { hashForKey, runScript, type RedisStore } from '../../platform/redis.ts';
import type { RedisLease } from '../../platform/redis-lease.ts';
import { BEGIN, CANCEL, FINISH, GIVE_BACK, JOIN, REPORT } from './redis-build-scripts.ts';

/** Whoever follows a build reads its result soon; the image is looked up afterwards. */
const KEEP_SECONDS = 3600;
const BATCH = 200;

/** A build that waits or runs: one of an image at a time. */
export type BuildName = { readonly id: string; readonly imageName: string };

/** The same with the place after which its log begins. */
export type JoinedBuild = BuildName & { readonly start: string };

/** A build as its worker has it. */
export type HeldBuild = BuildName & { readonly worker: string };

/** As a worker gets it. */
export type BegunBuild = { readonly request: BuildRequest; readonly losses: number; readonly isCancelled: boolean };

/** As others see it; the turn is that for which a worker has it. */
type FoundBuild = JoinedBuild & {
  readonly request: BuildRequest;
  readonly isRunning: boolean;
  readonly worker: string;
  readonly turn: string;
};

/** What waits and runs, whether the worker of each was lost, and the last time that a build was begun. */
type BuildRound = { readonly round: string; readonly builds: readonly (FoundBuild & { readonly isLost: boolean })[] };

/** What is in a log, and the id of its entry. */
type LogEntry = { readonly id: string } & ({ readonly event: BuildEvent } | { readonly result: BuildResult });

const toEntry = ([id, [kind, text = '']]: [string, string[]]): LogEntry =>
  kind === 'result' ? { id, result: JSON.parse(text) as BuildResult } : { id, event: JSON.parse(text) as BuildEvent };

const createKeys = (prefix: string) => {
  const build = (imageName: string): string => `${prefix}:build:${hashForKey(imageName)}`;
  const log = (id: string): string => `${prefix}:build-log:${id}`;
  const list = `${prefix}:builds`;
  const round = `${list}:round`;
  return { build, log, list, round, of: ({ id, imageName }: BuildName) => [build(imageName), log(id), list, round] };
};

/** What a worker does with its build. */
const createWorkerSide = ({ client, prefix, channel }: RedisStore, lease: RedisLease) => {
  const keys = createKeys(prefix);
  const run = (script: string, held: HeldBuild, ...args: readonly (string | number)[]): Promise<unknown> =>
    runScript(client, script, { keys: keys.of(held), args: [held.id, held.worker, ...args] });
  return {
    /** Nothing when the build is over, has another worker, or was chosen in an earlier round than this is. */
    begin: async (held: HeldBuild, turn: string, round: string): Promise<BegunBuild | undefined> => {
      const begun = await run(BEGIN, held, channel, turn, round, randomUUID(), lease.keyPrefix);
      if (!Array.isArray(begun)) return undefined;
      const [request, losses, cancelled] = begun as [string, string, string | null];
      return { request: JSON.parse(request) as BuildRequest, losses: Number(losses), isCancelled: cancelled !== null };
    },
    giveBack: async (held: HeldBuild): Promise<void> => void (await run(GIVE_BACK, held, channel)),
    report: async (held: HeldBuild, number: number, event: BuildEvent): Promise<boolean> =>
      (await run(REPORT, held, number, JSON.stringify(event), channel)) === 1,
    /** Whether the build ended by this. */
    finish: async (held: HeldBuild, result: BuildResult): Promise<boolean> =>
      (await run(FINISH, held, JSON.stringify(result), KEEP_SECONDS, channel, held.imageName)) === 1,
    /** Whether the worker still has the build, and is to go on with it. */
    isWanted: async ({ id, imageName, worker }: HeldBuild): Promise<boolean> => {
      const [nowId, nowWorker, cancelled] = await client.hmget(keys.build(imageName), 'id', 'worker', 'cancelled');
      return nowId === id && nowWorker === worker && typeof cancelled !== 'string';
    },
  };
};

/** What others do with a build. */
const createAskingSide = ({ client, prefix, channel }: RedisStore, lease: RedisLease) => {
  const keys = createKeys(prefix);
  const find = async (imageName: string): Promise<FoundBuild | undefined> => {
    const fields = ['id', 'start', 'request', 'worker', 'turn'];
    const [id, start, request, worker = '', turn] = await client.hmget(keys.build(imageName), ...fields);
    if (typeof id !== 'string' || typeof request !== 'string') return undefined;
    const held = { worker: worker ?? '', turn: turn ?? '', isRunning: worker !== '' };
    return { request: JSON.parse(request) as BuildRequest, ...held, id, imageName, start: start ?? '0-0' };
  };
  const list = async (): Promise<FoundBuild[]> => {
    const found = await Promise.all((await client.zrange(keys.list, '0', '-1')).map(find));
    return found.filter((build) => build !== undefined);
  };
  const isLost = async ({ worker }: FoundBuild): Promise<boolean> =>
    worker !== '' && (await client.exists(lease.keyPrefix + worker.split('/', 1)[0])) === 0;
  return {
    find,
    join: async (request: BuildRequest): Promise<JoinedBuild> => {
      const { imageName } = request;
      const args = [randomUUID(), JSON.stringify(request), imageName, channel];
      const both = [keys.build(imageName), keys.list];
      const [id, start] = (await runScript(client, JOIN, { keys: both, args })) as [string, string];
      return { id, imageName, start };
    },
    cancel: async (build: BuildName): Promise<void> => {
      await runScript(client, CANCEL, { keys: keys.of(build), args: [build.id, channel] });
    },
    /** All that wait or run, oldest first. */
    list,
    /** The same. The round is read before the builds: it changes whenever another one is begun. */
    look: async (): Promise<BuildRound> => {
      const round = (await client.get(keys.round)) ?? '';
      const builds = (await list()).map(async (build) => ({ ...build, isLost: await isLost(build) }));
      return { round, builds: await Promise.all(builds) };
    },
    /** Whether the build is not over. */
    isCurrent: async ({ id, imageName }: BuildName): Promise<boolean> =>
      (await client.hget(keys.build(imageName), 'id')) === id,
    readAfter: async (id: string, after: string): Promise<LogEntry[]> =>
      (await client.xrange(keys.log(id), `(${after}`, '+', 'COUNT', BATCH)).map(toEntry),
  };
};

/** The builds of all processes, and their logs, in Redis. Every change is one script, safe to send again. */
export const createRedisBuildLog = (redis: RedisStore, lease: RedisLease) => ({
  ...createWorkerSide(redis, lease),
  ...createAskingSide(redis, lease),
  /** Rung when something is said of a build, and when it is given to a worker, cancelled or over. */
  listen: (id: string) => redis.bell.listen(createKeys(redis.prefix).log(id)),
  /** Rung when a build is asked for, given back or over. */
  listenToAll: () => redis.bell.listen(createKeys(redis.prefix).list),
});

export type RedisBuildLog = ReturnType<typeof createRedisBuildLog>;
