import type { Readable } from 'node:stream';
import type { Container, ContainerInspectInfo } from 'dockerode';
import { LABELS } from '../../contracts/labels.ts';
import type { Session, SessionAddress } from '../../contracts/session.ts';
import type { Settings } from '../../contracts/settings.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { Clock } from '../../platform/clock.ts';
import { engineStatus, ignoreNotFound, type DockerEngine } from '../../platform/docker-engine.ts';
import type { SessionIsolation } from '../isolation/session-isolation.ts';
import { renderContainerLog } from './container-log.ts';
import { readContainerSession } from './container-session.ts';
import { toSessionError } from './engine-error.ts';
import { makeContainerName, makeSessionContainer } from './session-container.ts';
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
};

const readLog = async (container: Container): Promise<string> => {
  const raw = await ignoreNotFound(container.logs({ stdout: true, stderr: true, tail: 200 }));
  return raw === undefined ? '' : renderContainerLog(raw);
};

/** The session of a container, with its last log lines once it ended. */
const makeSession = async (
  { engine, instance, clock }: DockerSessions,
  inspected: ContainerInspectInfo,
): Promise<Session | undefined> => {
  const session = readContainerSession(inspected, { network: makeNetworkName(instance), now: clock.now() });
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

const HOME = '/home/jovyan';

/** The directory that the image has the repository in, as repo2docker's images name it too. */
const readWork = async (sessions: DockerSessions, id: string): Promise<Readable> => {
  const inspected = await findContainer(sessions, id);
  if (inspected === undefined) throw new SlipwayError('SESSION_NOT_FOUND');
  const variable = inspected.Config.Env.find((entry) => entry.startsWith('REPO_DIR='));
  const path = variable?.slice('REPO_DIR='.length) ?? HOME;
  return (await sessions.engine.getContainer(inspected.Id).getArchive({ path })) as Readable;
};

const listSessions = async (sessions: DockerSessions): Promise<Session[]> => {
  const { engine, instance } = sessions;
  const label = [`${LABELS.instance}=${instance}`, `${LABELS.kind}=${SESSION_KIND}`];
  const containers = await engine.listContainers({ all: true, filters: { label } });
  const found = containers.map(async ({ Id }) => {
    const inspected = await ignoreNotFound(engine.getContainer(Id).inspect());
    return inspected && makeSession(sessions, inspected);
  });
  return (await Promise.all(found)).filter((session) => session !== undefined);
};

type Starter = DockerSessions & { readonly ensureNetwork: () => Promise<string> };

const createContainer = async (starter: Starter, options: StartOptions): Promise<Container> => {
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

const removeContainer = async (container: Container): Promise<void> => {
  try {
    await ignoreNotFound(container.remove({ force: true, v: true }));
  } catch (error) {
    const isBeingRemoved = engineStatus(error) === 409;
    if (!isBeingRemoved) throw error;
  }
};

const startSession = async (starter: Starter, options: StartOptions, signal: AbortSignal): Promise<SessionAddress> => {
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

const translateErrors = async <T>(action: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
  try {
    return await action();
  } catch (error) {
    signal?.throwIfAborted();
    throw toSessionError(error);
  }
};

/** Runs each session in a container of a Docker engine, on a bridge of their own; the labels are the record. */
export const createDockerSessionRuntime = (sessions: DockerSessions): SessionRuntime => {
  const starter = { ...sessions, ensureNetwork: createSessionNetwork(sessions) };
  return {
    start: (options, signal) => translateErrors(() => startSession(starter, options, signal), signal),
    list: () => translateErrors(() => listSessions(sessions)),
    find: (id) =>
      translateErrors(async () => {
        const inspected = await findContainer(sessions, id);
        return inspected && makeSession(sessions, inspected);
      }),
    stop: (id) =>
      translateErrors(async () => {
        const inspected = await findContainer(sessions, id);
        if (inspected) await removeContainer(sessions.engine.getContainer(inspected.Id));
      }),
    log: (id) =>
      translateErrors(async () => {
        const inspected = await findContainer(sessions, id);
        return inspected ? readLog(sessions.engine.getContainer(inspected.Id)) : '';
      }),
    readWork: (id) => translateErrors(() => readWork(sessions, id)),
  };
};
