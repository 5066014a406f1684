import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { checkClock, checkConfinement, checkDisk, checkRuntime } from '../../../services/cli/doctor/check-engine.ts';
import { checkControlGroups, checkKernel, checkStorage } from '../../../services/cli/doctor/check-kernel.ts';
import { checkRegistry } from '../../../services/cli/doctor/check-registry.ts';
import { renderFindings } from '../../../services/cli/doctor/finding.ts';
import { readSettings } from '../../../services/cli/read-settings.ts';

const settings = (env: Record<string, string> = {}) => readSettings({}, env);

describe('what doctor says of the engine', () => {
  it('is about its clock, which codes and ages depend on', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(checkClock({ SystemTime: '2026-01-01T00:00:01.5Z' }, now).state).toBe('ok');
    expect(checkClock({ SystemTime: '2026-01-01T00:01:00Z' }, now)).toMatchObject({
      state: 'failed',
      said: expect.stringContaining('60 s'),
    });
    expect(checkClock({}, now).state).toBe('warning');
  });

  it('is about what holds sessions in', () => {
    const whole = {
      SecurityOptions: ['name=seccomp,profile=default'],
      PidsLimit: true,
      MemoryLimit: true,
      SwapLimit: true,
    };
    expect(checkConfinement(whole)).toMatchObject({
      state: 'ok',
      said: expect.stringContaining('without user namespaces'),
    });
    const remapped = { ...whole, SecurityOptions: [...whole.SecurityOptions, 'name=userns'] };
    expect(checkConfinement(remapped).said).toContain('with user namespaces');
    expect(checkConfinement({ ...whole, SecurityOptions: [] })).toMatchObject({
      state: 'failed',
      said: expect.stringContaining('system calls'),
    });
    expect(checkConfinement({ ...whole, SecurityOptions: ['name=seccomp,profile=unconfined'] })).toMatchObject({
      state: 'warning',
      said: expect.stringContaining('builds'),
    });
    expect(checkConfinement({ ...whole, PidsLimit: false }).state).toBe('failed');
    expect(checkConfinement({ ...whole, SwapLimit: false }).state).toBe('warning');
  });

  it.each([
    ['3.10.0-1160.el7.x86_64', 'failed'],
    ['4.17.19', 'failed'],
    ['4.18.0-553.el8_10.x86_64', 'warning'],
    ['5.1.21-generic', 'warning'],
    ['5.2.0', 'ok'],
    ['6.1.0-18-amd64', 'ok'],
    ['10.0', 'ok'],
    [undefined, 'warning'],
  ])('is about its kernel: %s is %s', (KernelVersion, state) => {
    const found = checkKernel(KernelVersion === undefined ? {} : { KernelVersion });
    expect([found.state, found.todo?.includes('5.2')]).toEqual([state, state === 'ok' ? undefined : true]);
  });

  it.each([
    [{ CgroupVersion: '2', CgroupDriver: 'systemd', CpuCfsQuota: true }, 'ok'],
    [{ CgroupVersion: '1', CgroupDriver: 'cgroupfs', CpuCfsQuota: true }, 'warning'],
    [{}, 'warning'],
    [{ CgroupVersion: '1', CgroupDriver: 'none' }, 'failed'],
    [{ CgroupVersion: '2', CgroupDriver: 'systemd', CpuCfsQuota: false }, 'failed'],
  ])('is about its control groups: %j is %s', (info, state) => {
    expect(checkControlGroups(info).state).toBe(state);
  });

  it.each([
    [
      'overlay2',
      [
        ['Supports d_type', 'true'],
        ['Native Overlay Diff', 'true'],
      ],
      'ok',
    ],
    ['overlayfs', [['driver-type', 'io.containerd.snapshotter.v1']], 'ok'],
    ['overlay2', [['Supports d_type', 'false']], 'failed'],
    [
      'overlay2',
      [
        ['Supports d_type', 'true'],
        ['Native Overlay Diff', 'false'],
      ],
      'warning',
    ],
    ['vfs', null, 'warning'],
  ] as const)('is about its storage: %s with %j is %s', (Driver, DriverStatus, state) => {
    expect(checkStorage({ Driver, DriverStatus }).state).toBe(state);
  });

  it('is about the runtime that the settings name', () => {
    const info = { Runtimes: { runc: {}, runsc: {} } };
    expect(checkRuntime(info, settings()).state).toBe('ok');
    expect(checkRuntime(info, settings({ SLIPWAY_ISOLATION_RUNTIME: 'runsc' })).state).toBe('ok');
    const missing = checkRuntime(info, settings({ SLIPWAY_ISOLATION_RUNTIME: 'kata' }));
    expect(missing).toMatchObject({ state: 'failed', todo: expect.stringContaining('runc, runsc') });
  });

  it('is about its disk, where that is here', () => {
    expect(checkDisk({ DockerRootDir: '/proc' })).toMatchObject({ state: 'failed', said: '0.0 GiB free at /proc' });
    expect(checkDisk({ DockerRootDir: '/nowhere' }).state).toBe('warning');
  });
});

describe('what doctor says of the registry', () => {
  const answering = async (status: number, headers: Record<string, string> = {}) => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers.authorization ?? ''}`);
      response.writeHead(status, headers).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { url, asked, [Symbol.asyncDispose]: async () => void (await once(server.close(), 'close')) };
  };

  it('is whether it answers, and takes the password', async () => {
    await using there = await answering(200);
    const env = {
      SLIPWAY_REGISTRY_URL: `${there.url}/team`,
      SLIPWAY_REGISTRY_USERNAME: 'u',
      SLIPWAY_REGISTRY_PASSWORD: 'p',
    };
    expect((await checkRegistry(settings(env))).state).toBe('ok');
    expect(there.asked).toEqual([`/v2/ Basic ${btoa('u:p')}`]);
    await using refusing = await answering(401, { 'www-authenticate': 'Basic realm="r"' });
    expect(await checkRegistry(settings({ SLIPWAY_REGISTRY_URL: refusing.url }))).toMatchObject({
      state: 'failed',
      said: expect.stringContaining('401'),
    });
    await using tokens = await answering(401, { 'www-authenticate': 'Bearer realm="r"' });
    expect((await checkRegistry(settings({ SLIPWAY_REGISTRY_URL: tokens.url }))).state).toBe('ok');
  });

  it('is that it does not answer, and that none is set', async () => {
    expect(await checkRegistry(settings({ SLIPWAY_REGISTRY_URL: 'http://127.0.0.1:9' }))).toMatchObject({
      state: 'failed',
    });
    expect((await checkRegistry(settings())).said).toBe('none is set');
  });
});

describe('the findings', () => {
  it('are a line each, with what to do below', () => {
    const findings = [
      { part: 'engine', state: 'ok', said: 'answers' },
      { part: 'clock', state: 'failed', said: 'is wrong', todo: 'Set it.' },
    ] as const;
    expect(renderFindings(findings)).toBe('ok       engine: answers\nFAILED   clock: is wrong\n         → Set it.\n');
  });
});
