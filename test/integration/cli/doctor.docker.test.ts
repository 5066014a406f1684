import { beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../../services/cli/doctor/finding.ts';
import { ensureTestBase } from '../../support/base-image.ts';
import { connectTestEngine } from '../../support/docker-engine.ts';
import { runToEnd } from '../../support/slipway-server.ts';

const engine = connectTestEngine();

const runDoctor = async (env: Record<string, string> = {}) => {
  const { exitCode, stdout } = await runToEnd(['doctor', '--json'], { SLIPWAY_IMAGE_PREFIX: 'slipway-test/', ...env });
  const { ok, findings } = JSON.parse(stdout) as { readonly ok: boolean; readonly findings: readonly Finding[] };
  return { exitCode, ok, of: (part: string) => findings.find((finding) => finding.part === part) };
};

/** Networks and containers of a doctor; each has its process in its name. */
const listLeftovers = async (): Promise<string[]> => {
  const networks = await engine.listNetworks();
  const filters = { label: ['slipway.kind=probe'] };
  const containers = await engine.listContainers({ all: true, filters });
  return [...networks.map(({ Name }) => Name), ...containers.flatMap(({ Names }) => Names)].filter((name) =>
    name.includes('doctor-'),
  );
};

beforeAll(async () => {
  await ensureTestBase(engine);
});

describe('slipway doctor', () => {
  it('finds by trying that a session reaches nothing that it must not, and leaves nothing behind', async () => {
    const { exitCode, ok, of } = await runDoctor();
    expect(of('egress rules')).toEqual({
      part: 'egress rules',
      state: 'ok',
      said: 'a session does not reach another session, the metadata service of a cloud, the machine',
    });
    expect(of('engine')).toMatchObject({ state: 'ok' });
    expect(of('base image')).toMatchObject({ state: 'ok', said: expect.stringContaining('slipway-test/base:') });
    expect(of('kernel')).toMatchObject({ state: 'ok', said: (await engine.info()).KernelVersion });
    expect(of('control groups')?.said).toMatch(/^version [12]/);
    expect(of('storage')?.state).not.toBe('untried');
    expect([exitCode, ok]).toEqual([0, true]);
    expect(await listLeftovers()).toEqual([]);
  });

  it('finds rules that let a session reach the machine, and says so with its exit code', async () => {
    const env = { SLIPWAY_ISOLATION_EGRESS_ALLOW: '172.16.0.0/12,192.168.0.0/16,10.0.0.0/8' };
    const { exitCode, ok, of } = await runDoctor(env);
    expect(of('egress rules')).toMatchObject({ state: 'failed', said: expect.stringMatching(/reaches .*the machine/) });
    expect([exitCode, ok]).toEqual([4, false]);
    expect(await listLeftovers()).toEqual([]);
  });

  it('finds what is missing: a runtime, a base image to try from', async () => {
    const env = { SLIPWAY_ISOLATION_RUNTIME: 'runsc-missing', SLIPWAY_IMAGE_PREFIX: 'slipway-test-none/' };
    const { exitCode, of } = await runDoctor(env);
    expect(of('runtime')).toMatchObject({ state: 'failed', said: expect.stringContaining('runsc-missing') });
    expect(of('base image')).toMatchObject({ state: 'warning' });
    expect(of('egress rules')).toMatchObject({ state: 'untried' });
    expect(exitCode).toBe(4);
  });

  it('says that sessions are not filtered where the settings want it so', async () => {
    const { exitCode, of } = await runDoctor({ SLIPWAY_ISOLATION_EGRESS: 'open' });
    expect(of('egress rules')).toMatchObject({ state: 'warning', said: 'sessions are not filtered' });
    expect(exitCode).toBe(0);
  });

  it('does without an engine, and says what that is needed for', async () => {
    const { exitCode, of } = await runDoctor({ DOCKER_HOST: 'tcp://127.0.0.1:9' });
    expect(of('engine')).toMatchObject({ state: 'failed', todo: expect.stringContaining('DOCKER_HOST') });
    expect(of('egress rules')).toMatchObject({ state: 'untried' });
    expect(exitCode).toBe(4);
  });
});
