import { execa } from 'execa';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectTestEngine } from '../support/docker-engine.ts';
import { gitSpec, launch } from '../support/launch-stream.ts';
import { time } from './statistics.ts';

export type Start = { readonly seconds: number; readonly container: string; readonly image: string };

/** Asks again and again; fewer times where many do. */
const untilAnswer = async (url: string, pauseMs: number, signal: AbortSignal | undefined): Promise<void> => {
  for (; ; await sleep(pauseMs)) {
    signal?.throwIfAborted();
    const response = await fetch(url).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.status === 200) return;
  }
};

/** From the request to the first answer of Jupyter through the proxy. */
export const startByLaunch = async (url: string, repository: string, signal?: AbortSignal): Promise<Start> => {
  const { seconds, result } = await time(async () => {
    const { ready, failed } = await launch(url, gitSpec(repository));
    if (ready === undefined) throw new Error(`the launch failed: ${failed?.message ?? ''}`);
    await untilAnswer(`${ready.url}api`, 10, signal);
    return ready;
  });
  const id = /\/s\/(\w+)\//.exec(result.url)?.[1] ?? '';
  return { seconds, container: `slipway-${id}`, image: result.image };
};

/** `docker run` of the image, with the command that it has itself, until Jupyter answers. */
export const startPlainly = async (
  image: string,
  name: string,
  { pauseMs = 10, signal }: { readonly pauseMs?: number; readonly signal?: AbortSignal } = {},
): Promise<Start> => {
  const { seconds } = await time(async () => {
    await execa('docker', ['run', '--detach', '--name', name, image]);
    const { NetworkSettings } = await connectTestEngine().getContainer(name).inspect();
    await untilAnswer(`http://${NetworkSettings.Networks['bridge']?.IPAddress ?? ''}:8888/api`, pauseMs, signal);
  });
  return { seconds, container: name, image };
};

/** Removes containers with what they wrote; those that are not there are no failure. */
export const removeContainers = async (names: readonly string[]): Promise<void> => {
  await execa('docker', ['rm', '--force', '--volumes', ...names], { reject: false });
};
