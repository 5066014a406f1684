import { createInterface } from 'node:readline';
import type { AuthConfig, Image } from 'dockerode';
import { ignoreNotFound, type DockerEngine } from '../../../platform/docker-engine.ts';
import { parseImageReference } from './image-reference.ts';
import type { RemoteImage } from './registry-address.ts';
import { RegistryError } from './registry-error.ts';
import { createTransferProgress, type TransferMessage } from './transfer-progress.ts';

/** An image between an engine and a registry. */
export type Transfer = {
  readonly engine: DockerEngine;
  readonly authconfig: AuthConfig;
  /** Its name in the engine. */
  readonly imageName: string;
  readonly remote: RemoteImage;
};

type Run = (transfer: Transfer, signal: AbortSignal) => AsyncGenerator<string, void>;

/** Follows what an engine says of a transfer, and throws RegistryError where it says that it failed. */
const follow = async function* (answer: NodeJS.ReadableStream, verb: string): AsyncGenerator<string, void> {
  const count = createTransferProgress();
  for await (const line of createInterface({ input: answer })) {
    if (line === '') continue;
    const message = JSON.parse(line) as TransferMessage;
    if (message.error !== undefined) throw new RegistryError(message.error);
    const counted = count(message);
    if (counted !== undefined) yield `${verb} ${counted}\n`;
  }
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

/** Has the engine fetch an image from the registry. An end without an error may also be a transfer that broke off. */
export const pullThroughEngine: Run = async function* (transfer, signal) {
  const { engine, authconfig, imageName, remote } = transfer;
  const from = { fromImage: remote.name.slice(0, -remote.tag.length - 1), tag: remote.tag, abortSignal: signal };
  yield* follow(await engine.createImage(authconfig, from), 'Pulled');
  try {
    await addName(engine.getImage(remote.name), imageName, signal);
  } finally {
    await removeRemoteName(transfer);
  }
};

/** Has the engine store an image in the registry. An end without an error may also be a transfer that broke off. */
export const pushThroughEngine: Run = async function* (transfer, signal) {
  const { engine, authconfig, imageName, remote } = transfer;
  await addName(engine.getImage(imageName), remote.name, signal);
  try {
    const answer = await engine.getImage(remote.name).push({ authconfig, abortSignal: signal });
    yield* follow(answer, 'Pushed');
  } finally {
    await removeRemoteName(transfer);
  }
};
