import type { Builder } from '../../builder/main.ts';
import type { Settings } from '../../contracts/settings.ts';
import { createLauncher, type Launcher } from '../../launcher/main.ts';
import type { Stores } from '../../launcher/stores.ts';
import { environment } from '../environment.ts';
import { checkPortFree, listen } from '../listen.ts';
import { reportToTerminal as report } from '../report.ts';
import { VERSION } from '../version.ts';
import type { Ground } from './prepare.ts';

/** Fails early, before any long work, when a port cannot be had. */
export const checkPorts = async ({ host, port, sessionPort }: Settings): Promise<void> => {
  await checkPortFree({ host, port });
  await checkPortFree({ host, port: sessionPort });
};

const startListening = async (settings: Settings, launcher: Launcher): Promise<void> => {
  const { host, port, sessionPort } = settings;
  await launcher.control.ready();
  const control = await listen(launcher.control.server, { host, port });
  const sessions = await listen(launcher.sessions.server, { host, port: sessionPort });
  const shown = host.includes(':') ? `[${host}]` : host;
  report(`Sessions are served at http://${shown}:${sessions}/. Ctrl-C ends the server; running sessions live on.`);
  process.stdout.write(`Slipway is ready: http://${shown}:${control}/\n`);
};

type LaunchGround = Ground & { readonly stores: Stores; readonly webDist: string };

/** Listens, launches and keeps sessions in order until the signal is aborted; `beside` runs at the same time. */
export const serveLaunches = async (
  ground: LaunchGround,
  signal: AbortSignal,
  beside: () => Promise<void> = async () => undefined,
): Promise<void> => {
  const { settings, builder } = ground;
  const images = { find: (...wanted: Parameters<Builder['findImage']>) => builder.findImage(...wanted) };
  const contents = { open: (...wanted: Parameters<Builder['openContent']>) => builder.openContent(...wanted) };
  const launcher = await createLauncher({ ...ground, env: environment, contents, images, version: VERSION });
  try {
    await startListening(settings, launcher);
    await Promise.all([launcher.run(signal), beside()]);
    report('Stopping; running sessions live on.');
  } finally {
    await launcher.close();
  }
};
