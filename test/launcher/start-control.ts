import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createControlApp, type ControlAppParts } from '../../services/launcher/app.ts';
import { createLauncher } from './create-launcher.ts';

const PAGE = '<!doctype html><title>Slipway</title><div id="app"></div>';

const createWebDist = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'web-dist-'));
  await mkdir(join(directory, 'assets'));
  await writeFile(join(directory, 'index.html'), PAGE);
  await writeFile(join(directory, 'assets', 'index-abc123.js'), 'export {};');
  await writeFile(join(directory, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  return directory;
};

/** The control listener on a real socket, with a launcher in memory behind it. */
export const startControl = async (overrides: Partial<ControlAppParts> = {}) => {
  const launcher = createLauncher();
  const webDist = await createWebDist();
  const app = createControlApp({
    ...launcher.parts,
    settings: { publicUrl: '', sessionUrl: '' },
    sessionPort: () => 8181,
    launches: launcher.launches,
    countSessions: () => 3,
    checks: [],
    webDist,
    version: '1.2.3',
    ...overrides,
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return {
    ...launcher,
    app,
    url,
    [Symbol.asyncDispose]: async () => {
      await app.close();
      await launcher.launches.stop();
      await rm(webDist, { recursive: true });
    },
  };
};

export const streamHeaders = { accept: 'text/event-stream' };

/** Reads a stream of events as text until it has this many blocks with data. */
export const readBlocks = async (response: Response, count: number): Promise<string[]> => {
  const blocks: string[] = [];
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    blocks.push(...parts.filter((part) => part.includes('data:')));
    if (blocks.length >= count) break;
  }
  return blocks;
};
