import { execa } from 'execa';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleLibraries } from '../../services/cli/bundle-libraries.ts';

const PROGRAM = `
  const { useBundledLibraries } = await import('./services/cli/bundled-libraries.ts');
  useBundledLibraries(process.argv[1]);
  const { loadConfig } = await import('./services/platform/config-loader.ts');
  const { Settings } = await import('./services/contracts/settings.ts');
  const settings = loadConfig(Settings, { env: { SLIPWAY_PORT: '81' }, prefix: 'SLIPWAY' });
  console.log(JSON.stringify({ settings, typebox: import.meta.resolve('typebox') }));`;

const run = async (directory: string): Promise<{ readonly settings: unknown; readonly typebox: string }> => {
  const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', PROGRAM, directory]);
  return JSON.parse(stdout);
};

describe('bundled libraries', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'slipway-bundles-'));
    await bundleLibraries(join(directory, 'made'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  test('take the place of the installed ones, and give the same settings', async () => {
    const [bundled, installed] = await Promise.all([run(join(directory, 'made')), run(join(directory, 'none'))]);
    expect(bundled.typebox).toContain(directory);
    expect(installed.typebox).toContain('node_modules/typebox');
    expect(bundled.settings).toEqual(installed.settings);
    expect(bundled.settings).toMatchObject({ port: 81 });
  });
});
