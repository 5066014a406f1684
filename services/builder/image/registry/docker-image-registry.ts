import type { ErrorCode } from '../../../contracts/errors.ts';
import type { Settings } from '../../../contracts/settings.ts';
import { SlipwayError } from '../../../contracts/slipway-error.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { DockerEngine } from '../../../platform/docker-engine.ts';
import { shareRun, type SharedRun } from '../../base/share-run.ts';
import { isDiskFull } from '../engine-failure.ts';
import type { ImageRegistry, RegistryLayer } from '../image-registry.ts';
import { pullThroughEngine, pushThroughEngine, type Transfer } from './docker-transfers.ts';
import { pushLayer } from './push-layer.ts';
import { locateImage, parseRegistryUrl } from './registry-address.ts';
import { createRegistryClient, type RegistryClient } from './registry-client.ts';
import { RegistryError } from './registry-error.ts';

export type DockerImageRegistryOptions = {
  readonly engine: DockerEngine;
  /** The settings of the registry; `url` is not empty. */
  readonly registry: Settings['registry'];
  readonly clock: Clock;
  /** Directory for layers while they are sent. */
  readonly temporary: string;
};

/** The registry as it is spoken to, and how an image of ours gets there and back. */
type Connection = DockerImageRegistryOptions & {
  readonly client: RegistryClient;
  readonly locate: (imageName: string) => Transfer;
};

type Lines = AsyncGenerator<string, void>;

/** A transfer under way, and what its failure is called. */
type Work = {
  readonly imageName: string;
  readonly code: ErrorCode;
  readonly run: (signal: AbortSignal) => Lines;
};

const connect = (options: DockerImageRegistryOptions): Connection => {
  const { engine, registry, clock } = options;
  const { url, username, password } = registry;
  const address = parseRegistryUrl(url);
  const authconfig = { username, password, serveraddress: address.host };
  return {
    ...options,
    client: createRegistryClient({ origin: address.origin, credentials: { username, password }, clock }),
    locate: (imageName) => ({ engine, authconfig, imageName, remote: locateImage(address, imageName) }),
  };
};

const makeFailure = (code: ErrorCode, imageName: string, thrown: unknown): unknown => {
  if (thrown instanceof SlipwayError || !(thrown instanceof Error)) return thrown;
  if (isDiskFull(thrown.message)) return new SlipwayError('BUILD_DISK_FULL', { cause: thrown });
  return new SlipwayError(code, { message: `${imageName}: ${thrown.message.trim()}`, cause: thrown });
};

const isThere = ({ client, locate }: Connection, imageName: string, signal: AbortSignal): Promise<boolean> => {
  const { repository, tag } = locate(imageName).remote;
  return client.hasManifest(repository, tag, signal);
};

const find = async (connection: Connection, imageName: string, signal: AbortSignal): Promise<boolean> => {
  try {
    return await isThere(connection, imageName, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw makeFailure('IMAGE_LOOKUP_FAILED', imageName, error);
  }
};

/** Runs a transfer within its time, and looks in the end whether the registry has the image. */
const transfer = async function* (connection: Connection, { imageName, code, run }: Work, signal: AbortSignal): Lines {
  const { timeoutSeconds } = connection.registry;
  const limit = AbortSignal.timeout(timeoutSeconds * 1000);
  try {
    yield* run(AbortSignal.any([signal, limit]));
    limit.throwIfAborted();
    if (await isThere(connection, imageName, signal)) return;
    throw new RegistryError('the registry does not have it after all.');
  } catch (error) {
    signal.throwIfAborted();
    const late = new RegistryError(`it took longer than ${timeoutSeconds} seconds.`, { cause: error });
    throw makeFailure(code, imageName, limit.aborted ? late : error);
  }
};

const sendLayer = async function* (connection: Connection, image: RegistryLayer, signal: AbortSignal): Lines {
  const { client, locate, temporary } = connection;
  try {
    const [below, above] = [locate(image.from), locate(image.tag)];
    if (!(await isThere(connection, image.from, signal))) yield* pushThroughEngine(below, signal);
    const isSent = await pushLayer({ client, from: below.remote, to: above.remote, image, temporary }, signal);
    if (isSent) yield 'Pushed the content; its environment was there\n';
    else yield* pushThroughEngine(above, signal);
  } finally {
    image.layer.destroy();
  }
};

/** Images in an OCI registry, brought there and back by a Docker engine; keeps the promises of ImageRegistry. */
export const createDockerImageRegistry = (options: DockerImageRegistryOptions): ImageRegistry => {
  const connection = connect(options);
  const { locate } = connection;
  const pulls = new Map<string, SharedRun<void>>();

  const sharePull = (imageName: string): SharedRun<void> => {
    const run = (stop: AbortSignal): Lines => pullThroughEngine(locate(imageName), stop);
    const shared = shareRun(
      (signal) => transfer(connection, { imageName, code: 'IMAGE_PULL_FAILED', run }, signal),
      () => pulls.delete(imageName),
    );
    pulls.set(imageName, shared);
    return shared;
  };
  const send = (imageName: string, run: Work['run'], signal: AbortSignal): Lines =>
    transfer(connection, { imageName, code: 'IMAGE_PUSH_FAILED', run }, signal);

  return {
    addressOf: (imageName) => locate(imageName).remote.name,
    has: (imageName, signal) => find(connection, imageName, signal),
    pull: (imageName, signal) => (pulls.get(imageName) ?? sharePull(imageName)).follow(signal),
    push: (imageName, signal) => send(imageName, (stop) => pushThroughEngine(locate(imageName), stop), signal),
    pushLayer: (image, signal) => send(image.tag, (stop) => sendLayer(connection, image, stop), signal),
  };
};
