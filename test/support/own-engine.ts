import { execa } from 'execa';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDockerEngine, type DockerEngine } from '../../services/platform/docker-engine.ts';

/** A Docker engine of its own, with nothing in it and a network that leads nowhere, for tests that would disturb others. Needs root. */
export type OwnEngine = AsyncDisposable & { readonly engine: DockerEngine };

const isUp = (engine: DockerEngine): Promise<boolean> =>
  engine.ping().then(
    () => true,
    () => false,
  );

/** Starts an engine below a temporary directory; it is stopped and its directory removed at the end. */
export const startOwnEngine = async (): Promise<OwnEngine> => {
  const root = await mkdtemp(join(tmpdir(), 'own-engine-'));
  const socket = join(root, 'docker.sock');
  const places = ['data-root', 'exec-root'].map((place) => `--${place}=${join(root, place)}`);
  const options = ['--iptables=false', `--pidfile=${join(root, 'pid')}`, `--host=unix://${socket}`];
  const daemon = execa('unshare', ['--net', 'dockerd', ...places, ...options], {
    reject: false,
    stdout: 'ignore',
    stderr: 'ignore',
  });
  const engine = connectDockerEngine(`unix://${socket}`);
  const stop = async (): Promise<void> => {
    daemon.kill('SIGTERM');
    await daemon;
    await rm(root, { recursive: true, force: true });
  };
  for (let tries = 0; !(await isUp(engine)); tries += 1) {
    if (tries < 300 && daemon.exitCode === null) await new Promise((resolve) => void setTimeout(resolve, 100));
    else await stop().then(() => Promise.reject(new Error('the engine did not start')));
  }
  return { engine, [Symbol.asyncDispose]: stop };
};
