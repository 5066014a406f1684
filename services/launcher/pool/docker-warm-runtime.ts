import { LABELS } from '../../contracts/labels.ts';
import type { SessionSpec } from '../../contracts/session.ts';
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
import { createImageContent, type ImageContent } from './image-content.ts';
import { findWaitingPlace } from './waiting-place.ts';
import type { WaitingSession, WarmRuntime } from './warm-runtime.ts';

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

type Claiming = { readonly starter: Starter; readonly content: ImageContent; readonly place: string };

/** Adds what it waited without. */
const addContent = async ({ starter, content, place }: Claiming, spec: SessionSpec): Promise<void> => {
  if (place === spec.image) return;
  await content.add(spec.image, starter.engine.getContainer(makeContainerName(spec.id)));
};

const claim = async (claiming: Claiming, spec: SessionSpec): Promise<boolean> => {
  const { starter } = claiming;
  if (!(await take(starter, spec.id))) return false;
  try {
    const recording = starter.claims.record(spec, starter.clock.now());
    await Promise.all([recording, applyLimits(starter, spec), addContent(claiming, spec)]);
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

const list = async (starter: Starter): Promise<WaitingSession[]> => {
  const { engine, instance, clock } = starter;
  const sessions = (await listContainers(starter)).map(async ({ Id, Names, Labels }) => {
    const id = Labels[LABELS.sessionId] ?? '';
    if (!Names.includes(`/${makeWarmName(id)}`)) return undefined;
    const inspected = await ignoreNotFound(engine.getContainer(Id).inspect());
    const session =
      inspected && readContainerSession(inspected, { network: makeNetworkName(instance), now: clock.now() });
    return session && { ...session, isReady: inspected.HostConfig.CpuShares === CPU_SHARES };
  });
  return (await Promise.all(sessions)).filter((session) => session !== undefined);
};

/** Waiting sessions as containers of a Docker engine, told from others by their names. */
export const createDockerWarmRuntime = (sessions: DockerSessions): WarmRuntime => {
  const starter = createDockerStarter(sessions);
  const content = createImageContent(starter.engine);
  return {
    placeOf: (image) => translateErrors(() => findWaitingPlace(starter.engine, image)),
    start: (options, signal) =>
      translateErrors(() => startSessionContainer(starter, { ...options, isWarm: true }, signal), signal),
    settle: (id) => translateErrors(() => settle(starter, id)),
    list: () => translateErrors(() => list(starter)),
    claim: (spec, place) => translateErrors(() => claim({ starter, content, place }, spec)),
    discard: (id) => translateErrors(() => discard(starter, id)),
  };
};
