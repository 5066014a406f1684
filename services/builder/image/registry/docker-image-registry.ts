import { createInterface } from 'node:readline';
import type { AuthConfig, Image } from 'dockerode';
import type { ErrorCode } from '../../../contracts/errors.ts';
import type { Settings } from '../../../contracts/settings.ts';
import { SlipwayError } from '../../../contracts/slipway-error.ts';
import type { Clock } from '../../../platform/clock.ts';
import { ignoreNotFound, type DockerEngine } from '../../../platform/docker-engine.ts';
import { shareRun, type SharedRun } from '../../base/share-run.ts';
import { isDiskFull } from '../engine-failure.ts';
import type { ImageRegistry } from '../image-registry.ts';
import { parseImageReference } from './image-reference.ts';
import { locateImage, parseRegistryUrl, type RemoteImage } from './registry-address.ts';
import { createRegistryClient } from './registry-client.ts';
import { RegistryError } from './registry-error.ts';
import { createTransferProgress, type TransferMessage } from './transfer-progress.ts';

export type DockerImageRegistryOptions = {
  readonly engine: DockerEngine;
  /** The settings of the registry; `url` is not empty. */
  readonly registry: Settings['registry'];
  readonly clock: Clock;
};

type Wanted = { readonly imageName: string; readonly signal: AbortSignal };

const makeFailure = (code: ErrorCode, imageName: string, thrown: unknown): unknown => {
  if (thrown instanceof SlipwayError || !(thrown instanceof Error)) return thrown;
  if (isDiskFull(thrown.message)) return new SlipwayError('BUILD_DISK_FULL', { cause: thrown });
  const message = `${imageName}: ${thrown.message.trim()}`;
  return new SlipwayError(code, { message, details: { reason: thrown.message }, cause: thrown });
};

/** Follows what an engine says of a transfer, and throws RegistryError where it says that it failed. */
const followTransfer = async function* (answer: NodeJS.ReadableStream, verb: string): AsyncGenerator<string, void> {
  const count = createTransferProgress();
  for await (const line of createInterface({ input: answer })) {
    if (line === '') continue;
    const message = JSON.parse(line) as TransferMessage;
    if (message.error !== undefined) throw new RegistryError(message.error);
    const counted = count(message);
    if (counted !== undefined) yield `${verb} ${counted}\n`;
  }
};

type Transfer = {
  readonly engine: DockerEngine;
  readonly authconfig: AuthConfig;
  readonly imageName: string;
  readonly remote: RemoteImage;
};

const addName = async (image: Image, name: string, signal: AbortSignal): Promise<void> => {
  const { registry, repository = name, tag = 'latest' } = parseImageReference(name) ?? {};
  const repo = registry === undefined ? repository : `${registry}/${repository}`;
  await image.tag({ repo, tag, abortSignal: signal });
};

/** Images of ours have short names in the engine; the one with the registry in it is there for a transfer only. */
const removeRemoteName = async ({ engine, imageName, remote }: Transfer): Promise<void> => {
  if (imageName !== remote.name) await ignoreNotFound(engine.getImage(remote.name).remove());
};

const pull = async function* (transfer: Transfer, signal: AbortSignal): AsyncGenerator<string, void> {
  const { engine, authconfig, imageName, remote } = transfer;
  const from = { fromImage: remote.name.slice(0, -remote.tag.length - 1), tag: remote.tag, abortSignal: signal };
  yield* followTransfer(await engine.createImage(authconfig, from), 'Pulled');
  try {
    await addName(engine.getImage(remote.name), imageName, signal);
  } finally {
    await removeRemoteName(transfer);
  }
};

const push = async function* (transfer: Transfer, signal: AbortSignal): AsyncGenerator<string, void> {
  const { engine, authconfig, imageName, remote } = transfer;
  await addName(engine.getImage(imageName), remote.name, signal);
  try {
    const answer = await engine.getImage(remote.name).push({ authconfig, abortSignal: signal });
    yield* followTransfer(answer, 'Pushed');
  } finally {
    await removeRemoteName(transfer);
  }
};

/** Images in an OCI registry, brought there and back by a Docker engine; keeps the promises of ImageRegistry. */
export const createDockerImageRegistry = ({ engine, registry, clock }: DockerImageRegistryOptions): ImageRegistry => {
  const { username, password } = registry;
  const address = parseRegistryUrl(registry.url);
  const client = createRegistryClient({ origin: address.origin, credentials: { username, password }, clock });
  const authconfig = { username, password, serveraddress: address.host };
  const pulls = new Map<string, SharedRun<void>>();

  const has = async (imageName: string, signal: AbortSignal): Promise<boolean> => {
    const { repository, tag } = locateImage(address, imageName);
    return client.hasManifest(repository, tag, signal);
  };

  const transfer = async function* (run: typeof pull, code: ErrorCode, { imageName, signal }: Wanted) {
    const limit = AbortSignal.timeout(registry.timeoutSeconds * 1000);
    try {
      const remote = locateImage(address, imageName);
      yield* run({ engine, authconfig, imageName, remote }, AbortSignal.any([signal, limit]));
      limit.throwIfAborted();
      if (await has(imageName, signal)) return;
      throw new RegistryError('the registry does not have it after all.');
    } catch (error) {
      signal.throwIfAborted();
      const late = new RegistryError(`it took longer than ${registry.timeoutSeconds} seconds.`, { cause: error });
      throw makeFailure(code, imageName, limit.aborted ? late : error);
    }
  };

  const sharePull = (imageName: string): SharedRun<void> => {
    const run = shareRun(
      (signal) => transfer(pull, 'IMAGE_PULL_FAILED', { imageName, signal }),
      () => pulls.delete(imageName),
    );
    pulls.set(imageName, run);
    return run;
  };

  return {
    has: async (imageName, signal) => {
      try {
        return await has(imageName, signal);
      } catch (error) {
        signal.throwIfAborted();
        throw makeFailure('IMAGE_LOOKUP_FAILED', imageName, error);
      }
    },
    pull: (imageName, signal) => (pulls.get(imageName) ?? sharePull(imageName)).follow(signal),
    push: (imageName, signal) => transfer(push, 'IMAGE_PUSH_FAILED', { imageName, signal }),
  };
};
