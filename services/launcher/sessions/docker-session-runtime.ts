import type { Readable } from 'node:stream';
import type { Container, ContainerInfo, ContainerInspectInfo } from 'dockerode';
import { REPO_DIR } from '../../contracts/image-files.ts';
import { LABELS } from '../../contracts/labels.ts';
import type { Session, SessionAddress, SessionSpec } from '../../contracts/session.ts';
import type { Settings } from '../../contracts/settings.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { Clock } from '../../platform/clock.ts';
import { engineStatus, ignoreNotFound, type DockerEngine } from '../../platform/docker-engine.ts';
import type { SessionIsolation } from '../isolation/session-isolation.ts';
import { renderContainerLog } from './container-log.ts';
import { readContainerSession } from './container-session.ts';
import { createDockerClaims, type Claim, type DockerClaims } from './docker-claims.ts';
import { toSessionError } from './engine-error.ts';
import type { EngineOutages } from './engine-outages.ts';
import { makeContainerName, makeSessionContainer, toNanoCpus } from './session-container.ts';
import { makeStartError } from './session-end.ts';
import { SESSION_KIND } from './session-labels.ts';
import { createSessionNetwork, makeBridgeName, makeNetworkName } from './session-network.ts';
import type { SessionRuntime, StartOptions } from './session-runtime.ts';

export type DockerSessions = {
  readonly engine: DockerEngine;
  /** The installation: only its containers and its network are seen or touched. */
  readonly instance: string;
  readonly limits: Settings['sessions'];
  readonly isolation: SessionIsolation;
  readonly clock: Clock;
  /** Tells what the engine ended by going away from what ended by itself. */
  readonly outages?: Pick<EngineOutages, 'covers'>;
};

/** What all functions here need: the engine, and what belongs to sessions beside their containers. */
export type Starter = DockerSessions & {
  readonly ensureNetwork: () => Promise<string>;
  readonly claims: DockerClaims;
};

const readLog = async (container: Container): Promise<string> => {
  const raw = await ignoreNotFound(container.logs({ stdout: true, stderr: true, tail: 200 }));
  return raw === undefined ? '' : renderContainerLog(raw);
};

/** Claims did not record the image while sessions waited in no other one than their own. */
const withImage = (claimed: SessionSpec, waited: SessionSpec): SessionSpec =>
  claimed.image === '' ? { ...claimed, image: waited.image } : claimed;

/** The session of a container, with its last log lines once it ended; one that was claimed is whose record says so. */
const makeSession = async (
  { engine, instance, clock, outages }: DockerSessions,
  inspected: ContainerInspectInfo,
  claim?: Claim,
): Promise<Session | undefined> => {
  const read = readContainerSession(inspected, {
    network: makeNetworkName(instance),
    now: clock.now(),
    wasEngineAway: outages?.covers,
  });
  const session = read && claim ? { ...read, spec: withImage(claim.spec, read.spec), startedAt: claim.at } : read;
  if (session?.state.kind !== 'ended') return session;
  const log = await readLog(engine.getContainer(inspected.Id));
  return { ...session, state: { kind: 'ended', end: { ...session.state.end, log } } };
};

const findContainer = async (
  { engine, instance }: DockerSessions,
  id: string,
): Promise<ContainerInspectInfo | undefined> => {
  const inspected = await ignoreNotFound(engine.getContainer(makeContainerName(id)).inspect());
  const labels = inspected?.Config.Labels ?? {};
  return labels[LABELS.instance] === instance && labels[LABELS.kind] === SESSION_KIND ? inspected : undefined;
};

/** A session and the directory that its image has the repository in, as repo2docker's images name it too. */
const findWork = async (sessions: DockerSessions, id: string) => {
  const inspected = await findContainer(sessions, id);
  if (inspected === undefined) throw new SlipwayError('SESSION_NOT_FOUND');
  const variable = inspected.Config.Env.find((entry) => entry.startsWith('REPO_DIR='));
  const path = variable?.slice('REPO_DIR='.length) ?? REPO_DIR;
  return { container: sessions.engine.getContainer(inspected.Id), path };
};

const readWork = async (sessions: DockerSessions, id: string): Promise<Readable> => {
  const { container, path } = await findWork(sessions, id);
  return (await container.getArchive({ path })) as Readable;
};

const putWork = async (sessions: DockerSessions, id: string, archive: Readable): Promise<void> => {
  const { container, path } = await findWork(sessions, id);
  await container.putArchive(archive, { path });
};

const findSession = async (sessions: Starter, id: string): Promise<Session | undefined> => {
  const inspected = await findContainer(sessions, id);
  if (inspected === undefined) return undefined;
  const isClaimed = inspected.Config.Labels[LABELS.warm] !== undefined;
  return makeSession(sessions, inspected, isClaimed ? await sessions.claims.find(id) : undefined);
};

/** All containers of sessions, also those that wait for somebody. */
export const listContainers = ({ engine, instance }: DockerSessions): Promise<ContainerInfo[]> => {
  const label = [`${LABELS.instance}=${instance}`, `${LABELS.kind}=${SESSION_KIND}`];
  return engine.listContainers({ all: true, filters: { label } });
};

const isTaken = ({ Names, Labels }: ContainerInfo): boolean =>
  Names.includes(`/${makeContainerName(Labels[LABELS.sessionId] ?? '')}`);

/** Records whose container an operator took away are of no use; each was written after its container was made. */
const removeOrphans = async (claims: DockerClaims, claimed: Iterable<string>, present: ReadonlySet<string>) => {
  for (const id of claimed) if (!present.has(id)) await claims.remove(id);
};

const listSessions = async (sessions: Starter, launchId?: string): Promise<Session[]> => {
  const { engine, claims } = sessions;
  const claimed = await claims.list(launchId);
  const containers = (await listContainers(sessions)).filter(isTaken);
  const idOf = ({ Labels }: ContainerInfo): string => Labels[LABELS.sessionId] ?? '';
  await removeOrphans(claims, claimed.keys(), new Set(containers.map(idOf)));
  const wanted = containers.filter(
    (one) => launchId === undefined || claimed.has(idOf(one)) || one.Labels[LABELS.launchId] === launchId,
  );
  const found = wanted.map(async (container) => {
    const inspected = await ignoreNotFound(engine.getContainer(container.Id).inspect());
    const session = inspected && (await makeSession(sessions, inspected, claimed.get(idOf(container))));
    if (session === undefined && launchId !== undefined) await removeContainer(engine.getContainer(container.Id));
    return session;
  });
  return (await Promise.all(found)).filter((session) => session !== undefined);
};

const settleSession = async ({ engine, limits }: DockerSessions, spec: SessionSpec): Promise<void> => {
  const { startCpus, cpus } = { ...limits, ...spec.limits };
  if (startCpus <= cpus) return;
  await ignoreNotFound(engine.getContainer(makeContainerName(spec.id)).update({ NanoCpus: toNanoCpus(cpus) }));
};

type ContainerOptions = StartOptions & { readonly isWarm?: boolean };

const createContainer = async (starter: Starter, options: ContainerOptions): Promise<Container> => {
  const { engine, instance, limits, isolation } = starter;
  const network = await starter.ensureNetwork();
  await isolation.egress.ensure(makeBridgeName(network));
  try {
    return await engine.createContainer(makeSessionContainer({ ...options, instance, network, limits, isolation }));
  } catch (error) {
    if (engineStatus(error) !== 404) throw error;
    const message = `The image ${options.spec.image} does not exist any more.`;
    throw new SlipwayError('SESSION_START_FAILED', { message, hint: 'Launch again to build it anew.', cause: error });
  }
};

/** Starts the container; a process that ended at once is an error already here, with its last words. */
const startContainer = async (sessions: DockerSessions, container: Container): Promise<SessionAddress> => {
  await container.start();
  const session = await makeSession(sessions, await container.inspect());
  if (session?.state.kind === 'running') return session.state.address;
  throw makeStartError(session?.state.end);
};

/** Removes a container, whatever it does; safe to repeat. */
export const removeContainer = async (container: Container): Promise<void> => {
  try {
    await ignoreNotFound(container.remove({ force: true, v: true }));
  } catch (error) {
    const isBeingRemoved = engineStatus(error) === 409;
    if (!isBeingRemoved) throw error;
  }
};

/** Makes and starts the container of a session; what fails half-way is taken away again. */
export const startSessionContainer = async (
  starter: Starter,
  options: ContainerOptions,
  signal: AbortSignal,
): Promise<SessionAddress> => {
  signal.throwIfAborted();
  const container = await createContainer(starter, options);
  try {
    signal.throwIfAborted();
    const address = await startContainer(starter, container);
    signal.throwIfAborted();
    return address;
  } catch (error) {
    await removeContainer(container).catch(() => undefined);
    throw error;
  }
};

/** Runs what asks the engine, and throws errors of the catalogue only. */
export const translateErrors = async <T>(action: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
  try {
    return await action();
  } catch (error) {
    signal?.throwIfAborted();
    throw toSessionError(error);
  }
};

const stopSession = async ({ engine, claims, ...sessions }: Starter, id: string): Promise<void> => {
  const inspected = await findContainer({ engine, ...sessions }, id);
  if (inspected === undefined) return;
  await removeContainer(engine.getContainer(inspected.Id));
  if (inspected.Config.Labels[LABELS.warm] !== undefined) await claims.remove(id);
};

/** What the Docker adapters share, so that they have one network and one record of claims. */
export const createDockerStarter = (sessions: DockerSessions): Starter => ({
  ...sessions,
  ensureNetwork: createSessionNetwork(sessions),
  claims: createDockerClaims(sessions),
});

/** Runs each session in a container of a Docker engine, on a bridge of their own; the labels are the record. */
export const createDockerSessionRuntime = (sessions: DockerSessions): SessionRuntime => {
  const starter = createDockerStarter(sessions);
  return {
    start: (options, signal) => translateErrors(() => startSessionContainer(starter, options, signal), signal),
    settle: (spec) => translateErrors(() => settleSession(sessions, spec)),
    list: (launchId) => translateErrors(() => listSessions(starter, launchId)),
    find: (id) => translateErrors(() => findSession(starter, id)),
    stop: (id) => translateErrors(() => stopSession(starter, id)),
    log: (id) =>
      translateErrors(async () => {
        const inspected = await findContainer(sessions, id);
        return inspected ? readLog(sessions.engine.getContainer(inspected.Id)) : '';
      }),
    putWork: (id, archive) => translateErrors(() => putWork(sessions, id, archive)),
    readWork: (id) => translateErrors(() => readWork(sessions, id)),
  };
};
