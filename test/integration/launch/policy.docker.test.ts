import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeContainerName } from '../../../services/launcher/sessions/session-container.ts';
import { launchByApi, splitSpec, type LastEvent } from '../../support/api-launch.ts';
import { connectTestEngine } from '../../support/docker-engine.ts';
import { startGitServer, type GitServer } from '../../support/git-server.ts';
import { gitSpec } from '../../support/launch-stream.ts';
import { removeSlipway, startSlipway, type SlipwayServer } from '../../support/slipway-server.ts';

const engine = connectTestEngine();

let git: GitServer;
let server: SlipwayServer;
let directory: string;
let course: string;

const policyFile = (): string => join(directory, 'policy.yaml');

/** The policy of the tests, with more lines. */
const writePolicy = (...more: readonly string[]): Promise<void> =>
  writeFile(
    policyFile(),
    [
      'profiles:',
      `  - repository: "${new URL(course).host}/course"`,
      '    memoryMib: 384',
      '    cpus: 0.5',
      '    maxAgeSeconds: 900',
      ...more,
      '',
    ].join('\n'),
  );

const launchFrom = (address: string): Promise<LastEvent> =>
  launchByApi(server.url, splitSpec(gitSpec(course)), { 'x-forwarded-for': address });

const sessionOf = (event: LastEvent) => {
  if (event.phase === 'ready') return event;
  throw new Error(`the launch failed: ${event.code} ${event.message}`);
};

const showSession = async (event: LastEvent): Promise<Readonly<Record<string, unknown>>> => {
  const { sessionId, token } = sessionOf(event);
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${server.url}/api/v1/sessions/${sessionId}`, { headers });
  return (await response.json()) as Readonly<Record<string, unknown>>;
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'policy-'));
  git = await startGitServer();
  course = (await git.createRepository('course', { 'index.ipynb': '{}' })).url.replace(/\.git$/, '');
  await writePolicy();
  server = await startSlipway({
    allowHosts: [git.host],
    env: {
      SLIPWAY_ADMISSION_POLICY_FILE: policyFile(),
      SLIPWAY_SESSIONS_RECONCILE_SECONDS: '1',
      SLIPWAY_PUBLIC_URL: 'http://slipway.test',
    },
  });
});

afterAll(async () => {
  await removeSlipway(server);
  await git[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

describe('the policy', () => {
  it('gives the container of a session the limits of its profile', async () => {
    const event = await launchFrom('198.51.100.7');
    const container = engine.getContainer(makeContainerName(sessionOf(event).sessionId));
    const { HostConfig } = await container.inspect();
    const memory = 384 * 2 ** 20;
    expect(HostConfig).toMatchObject({ Memory: memory, MemorySwap: memory, NanoCpus: 0.5e9 });
    const { startedAt, maxAgeEndsAt } = await showSession(event);
    expect(Number(maxAgeEndsAt) - Number(startedAt)).toBe(900_000);
  });

  it('ends the sessions of a network that it blocks from now on, and those of no other', async () => {
    const [banned, other] = await Promise.all([launchFrom('198.51.100.8'), launchFrom('203.0.113.8')]);
    expect(await showSession(banned)).toMatchObject({ state: 'running' });
    await writePolicy('blockClients:', '  - network: 198.51.100.0/24', '    reason: Write to us.');
    await expect
      .poll(() => showSession(banned), { timeout: 30_000 })
      .toMatchObject({
        state: 'ended',
        code: 'SESSION_CLIENT_BLOCKED',
      });
    expect(await showSession(other)).toMatchObject({ state: 'running' });
    expect(await launchFrom('198.51.100.9')).toMatchObject({ code: 'LIMIT_CLIENT_BLOCKED', message: 'Write to us.' });
  });
});
