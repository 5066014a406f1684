import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Settings } from '../../services/contracts/settings.ts';
import { ConfigError, ConfigFileError, environmentName, loadConfig } from '../../services/platform/config-loader.ts';

const directory = mkdtempSync(join(tmpdir(), 'slipway-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

const file = (text: string): string => {
  const path = join(directory, `${crypto.randomUUID()}.yaml`);
  writeFileSync(path, text);
  return path;
};

const load = (source: { file?: string; env?: NodeJS.ProcessEnv; overrides?: Record<string, unknown> }) =>
  loadConfig(Settings, { env: {}, prefix: 'SLIPWAY', ...source });

const problems = (action: () => unknown): string[] => {
  try {
    action();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ setting }) => setting);
    throw error;
  }
  return [];
};

describe('loadConfig', () => {
  it('fills every default', () => {
    const settings = load({});
    expect(settings.port).toBe(8080);
    expect(settings.sessions.memoryMib).toBe(2048);
    expect(settings.allowHosts).toEqual([]);
  });

  it('lets the file win over defaults, the environment over the file, and options over all', () => {
    const path = file('port: 1\nsessionPort: 2\nhost: a\nsessions:\n  memoryMib: 100\n  pids: 50\n');
    const settings = load({
      file: path,
      env: { SLIPWAY_SESSION_PORT: '3', SLIPWAY_HOST: 'b', SLIPWAY_SESSIONS_MEMORY_MIB: '200' },
      overrides: { host: 'c' },
    });
    expect(settings).toMatchObject({ port: 1, sessionPort: 3, host: 'c', sessions: { memoryMib: 200, pids: 50 } });
  });

  it('reads a list from a variable', () => {
    expect(load({ env: { SLIPWAY_ALLOW_HOSTS: 'localhost:8000,git.example' } }).allowHosts).toEqual([
      'localhost:8000',
      'git.example',
    ]);
  });

  it('reports all problems together, with the name of each setting', () => {
    const path = file('prot: 1\nport: banana\nsessions:\n  memoryMib: 1\n  cpu: 2\n');
    expect(problems(() => load({ file: path })).sort()).toEqual(['port', 'prot', 'sessions.cpu', 'sessions.memoryMib']);
  });

  it('refuses a file that is missing, not YAML, or not a mapping', () => {
    expect(() => load({ file: join(directory, 'missing.yaml') })).toThrow(ConfigFileError);
    expect(() => load({ file: file('a: [') })).toThrow(ConfigFileError);
    expect(() => load({ file: file('- a') })).toThrow(/mapping/);
  });

  it('takes an empty file for no settings', () => {
    expect(load({ file: file('') }).port).toBe(8080);
  });

  it('gives frozen settings', () => {
    expect(Object.isFrozen(load({}).sessions)).toBe(true);
  });
});

describe('environmentName', () => {
  it('puts levels and words in upper case with underscores', () => {
    expect(environmentName('SLIPWAY', ['sessions', 'memoryMib'])).toBe('SLIPWAY_SESSIONS_MEMORY_MIB');
  });
});
