import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../services/cli/read-settings.ts';
import { createHealthChecks } from '../../services/launcher/create-health-checks.ts';
import { connectDockerEngine } from '../../services/platform/docker-engine.ts';

const engine = connectDockerEngine('tcp://127.0.0.1:9');

const checkAll = async (env: Record<string, string>, egress = () => Promise.resolve()) => {
  const settings = readSettings({ data: tmpdir() }, env);
  const checks = createHealthChecks({ settings, engine, egress });
  const results = checks.map(async ({ service, check }) => {
    const isWell = await check().then(
      () => true,
      () => false,
    );
    return [service, isWell];
  });
  return Object.fromEntries(await Promise.all(results)) as Record<string, boolean>;
};

describe('the parts of /health', () => {
  it('are what launches need; the registry only where one is set', async () => {
    expect(await checkAll({})).toEqual({
      'Docker engine': false,
      'Base image': false,
      'Egress rules': true,
      Disk: true,
    });
    expect(await checkAll({ SLIPWAY_REGISTRY_URL: 'http://127.0.0.1:9' })).toMatchObject({ Registry: false });
  });

  it('say so when the rules of the sessions are not in force', async () => {
    const checks = await checkAll({}, () => Promise.reject(new Error('no iptables')));
    expect(checks['Egress rules']).toBe(false);
  });
});
