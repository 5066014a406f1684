import { LABELS } from '../../contracts/labels.ts';
import type { Session, SessionSpec } from '../../contracts/session.ts';
import { engineStatus, ignoreNotFound } from '../../platform/docker-engine.ts';
import { readContainerSession } from '../sessions/container-session.ts';
import {
  createDockerStarter,
  listContainers,
  removeContainer,
  startSessionContainer,
  translateErrors,
  type DockerSessions,
  type Starter,
} from '../sessions/docker-session-runtime.ts';
import { CPU_SHARES, makeContainerName, makeLimits, makeWarmName, toNanoCpus } from '../sessions/session-container.ts';
import { makeNetworkName } from '../sessions/session-network.ts';
import type { WarmRuntime } from './warm-runtime.ts';

/** What the engine says to all but the first: the name is gone, is taken, or is the container's already. */
const LOST = [400, 404, 409];

/**
 * Takes the waiting session of this id off the others. The engine lets several rename one container at the same time,
 * but gives a name only once; so whoever wants it, to have it or to end it, asks for the same name.
 */
const take = async ({ engine }: Starter, id: string): Promise<boolean> => {
  try {
    await engine.getContainer(makeWarmName(id)).rename({ name: makeContainerName(id) });
    return true;
  } catch (error) {
    if (LOST.includes(engineStatus(error) ?? 0)) return false;
    throw error;
  }
};

const removeTaken = ({ engine }: Starter, id: string): Promise<void> =>
  removeContainer(engine.getContainer(makeContainerName(id)));

/** Limits of its own that the policy gives a launch. */
const applyLimits = async ({ engine, limits }: Starter, spec: SessionSpec): Promise<void> => {
  if (spec.limits === undefined) return;
  await engine.getContainer(makeContainerName(spec.id)).update(makeLimits({ ...limits, ...spec.limits }));
};

const claim = async (starter: Starter, spec: SessionSpec): Promise<boolean> => {
  if (!(await take(starter, spec.id))) return false;
  try {
    await Promise.all([starter.claims.record(spec, starter.clock.now()), applyLimits(starter, spec)]);
    return true;
  } catch (error) {
    await removeTaken(starter, spec.id).catch(() => undefined);
    throw error;
  }
};

const discard = async (starter: Starter, id: string): Promise<void> => {
  if (await take(starter, id)) await removeTaken(starter, id);
};

const settle = async ({ engine, limits }: Starter, id: string): Promise<void> => {
  const container = engine.getContainer(makeWarmName(id));
  await ignoreNotFound(container.update({ NanoCpus: toNanoCpus(limits.cpus), CpuShares: CPU_SHARES }));
};

const list = async (starter: Starter): Promise<Session[]> => {
  const { engine, instance, clock } = starter;
  const sessions = (await listContainers(starter)).map(async ({ Id, Names, Labels }) => {
    const id = Labels[LABELS.sessionId] ?? '';
    if (!Names.includes(`/${makeWarmName(id)}`)) return undefined;
    const inspected = await ignoreNotFound(engine.getContainer(Id).inspect());
    return inspected && readContainerSession(inspected, { network: makeNetworkName(instance), now: clock.now() });
  });
  return (await Promise.all(sessions)).filter((session) => session !== undefined);
};

/** Waiting sessions as containers of a Docker engine, told from others by their names. */
export const createDockerWarmRuntime = (sessions: DockerSessions): WarmRuntime => {
  const starter = createDockerStarter(sessions);
  return {
    start: (options, signal) =>
      translateErrors(() => startSessionContainer(starter, { ...options, isWarm: true }, signal), signal),
    settle: (id) => translateErrors(() => settle(starter, id)),
    list: () => translateErrors(() => list(starter)),
    claim: (spec) => translateErrors(() => claim(starter, spec)),
    discard: (id) => translateErrors(() => discard(starter, id)),
  };
};
