import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDockerWarmRuntime } from '../../../services/launcher/pool/docker-warm-runtime.ts';
import { createDockerSessionRuntime } from '../../../services/launcher/sessions/docker-session-runtime.ts';
import { makeContainerName, makeWarmName } from '../../../services/launcher/sessions/session-container.ts';
import { removeSessionNetwork } from '../../../services/launcher/sessions/session-network.ts';
import { makeSessionPath } from '../../../services/launcher/sessions/session-path.ts';
import { readSettings } from '../../../services/cli/read-settings.ts';
import { systemClock as clock } from '../../../services/platform/clock.ts';
import { warmRuntimeContract } from '../../conformance/warm-runtime.ts';
import { connectTestEngine, createImageScope } from '../../support/docker-engine.ts';
import { openIsolation } from '../../support/session-isolation.ts';
import { createSessionImage } from '../../support/session-images.ts';
import { makeSessionSpec } from '../../support/session-spec.ts';

const engine = connectTestEngine();
const scope = createImageScope(engine, 'warm');
const image = `${scope.prefix}waiting:1`;

const limits = { ...readSettings({}, {}).sessions, memoryMib: 64, cpus: 0.5 };

let count = 0;
const createFresh = async () => {
  const instance = `test-warm-${process.pid}-${(count += 1)}`;
  const open = () => {
    const parts = { engine, instance, limits, isolation: openIsolation, clock };
    return { warm: createDockerWarmRuntime(parts), sessions: createDockerSessionRuntime(parts) };
  };
  const { warm, sessions } = open();
  return {
    instance,
    warm,
    sessions,
    reopen: open,
    image,
    [Symbol.asyncDispose]: async () => {
      for (const { spec } of await warm.list()) await warm.discard(spec.id);
      for (const { spec } of await sessions.list()) await sessions.stop(spec.id);
      await removeSessionNetwork({ engine, instance });
    },
  };
};

const countRecords = async (instance: string): Promise<number> => {
  const { Volumes: volumes } = await engine.listVolumes({
    filters: JSON.stringify({ label: [`slipway.instance=${instance}`] }),
  });
  return volumes.length;
};

beforeAll(() => createSessionImage(engine, image, 'trap "exit 0" TERM\nwhile :; do sleep 0.1; done'));
afterAll(() => scope[Symbol.asyncDispose]());

describe('waiting sessions in Docker', () => {
  warmRuntimeContract(createFresh);

  it('go behind starts for visitors while they start, and have the limits of a session when they answer', async () => {
    await using fresh = await createFresh();
    const spec = makeSessionSpec({ image, launchId: '' });
    const options = { spec, token: 'secret', basePath: makeSessionPath(spec.id) };
    await fresh.warm.start(options, new AbortController().signal);
    const container = engine.getContainer(makeWarmName(spec.id));
    const { HostConfig: starting } = await container.inspect();
    expect(starting).toMatchObject({ NanoCpus: 1e9, CpuShares: 64 });
    await fresh.warm.settle(spec.id);
    expect((await container.inspect()).HostConfig).toMatchObject({ NanoCpus: 5e8, CpuShares: 1024 });
  });

  it('get the limits that the policy gives the launch that claims them', async () => {
    await using fresh = await createFresh();
    const spec = makeSessionSpec({ image, launchId: '' });
    const options = { spec, token: 'secret', basePath: makeSessionPath(spec.id) };
    await fresh.warm.start(options, new AbortController().signal);
    await fresh.warm.claim({ ...spec, launchId: 'launch-1', limits: { memoryMib: 96, cpus: 0.25 } }, image);
    const { HostConfig: given } = await engine.getContainer(makeContainerName(spec.id)).inspect();
    expect(given).toMatchObject({ Memory: 96 * 2 ** 20, NanoCpus: 0.25e9, PidsLimit: limits.pids });
    expect((await fresh.sessions.find(spec.id))?.spec.limits).toEqual({ memoryMib: 96, cpus: 0.25 });
  });

  it('are of the image that they waited in, where the record of their claim names none as earlier ones', async () => {
    await using fresh = await createFresh();
    const spec = makeSessionSpec({ image, launchId: '' });
    const options = { spec, token: 'secret', basePath: makeSessionPath(spec.id) };
    await fresh.warm.start(options, new AbortController().signal);
    await fresh.warm.claim({ ...spec, launchId: 'launch-1' }, image);
    const record = engine.getVolume(`slipway-claim-${spec.id}`);
    const { 'slipway.image': _image, ...labels } = (await record.inspect()).Labels;
    await record.remove();
    await engine.createVolume({ Name: `slipway-claim-${spec.id}`, Labels: labels });
    expect(await fresh.sessions.find(spec.id)).toMatchObject({ spec: { ...spec, launchId: 'launch-1' } });
  });

  it('leave no record of their claim behind, whoever took them away', async () => {
    await using fresh = await createFresh();
    const specs = [makeSessionSpec({ image, launchId: '' }), makeSessionSpec({ image, launchId: '' })] as const;
    for (const spec of specs) {
      const options = { spec, token: 'secret', basePath: makeSessionPath(spec.id) };
      await fresh.warm.start(options, new AbortController().signal);
      expect(await fresh.warm.claim({ ...spec, launchId: `of-${spec.id}` }, image)).toBe(true);
    }
    expect(await countRecords(fresh.instance)).toBe(2);
    await fresh.sessions.stop(specs[0].id);
    await engine.getContainer(makeContainerName(specs[1].id)).remove({ force: true });
    expect(await fresh.sessions.list()).toEqual([]);
    expect(await countRecords(fresh.instance)).toBe(0);
  });
});
