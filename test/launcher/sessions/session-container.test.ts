import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../services/cli/read-settings.ts';
import { makeSessionContainer } from '../../../services/launcher/sessions/session-container.ts';
import { makeSessionSpec } from '../../support/session-spec.ts';

const make = (isolation: { runtime: string; dns: string[] }) =>
  makeSessionContainer({
    spec: makeSessionSpec(),
    token: 't',
    basePath: '/',
    instance: 'i',
    network: 'n',
    limits: readSettings({}, {}).sessions,
    isolation,
  }).HostConfig;

describe('the container of a session', () => {
  it('has the runtime and the DNS servers of the settings, and else the engine’s', () => {
    expect(make({ runtime: 'runsc', dns: ['10.0.0.2'] })).toMatchObject({ Runtime: 'runsc', Dns: ['10.0.0.2'] });
    expect(make({ runtime: '', dns: [] })).not.toHaveProperty('Runtime');
  });

  it('is confined whatever the settings', () => {
    const host = make({ runtime: '', dns: [] });
    expect(host).toMatchObject({ CapDrop: ['ALL'], Privileged: false, IpcMode: 'private', CgroupnsMode: 'private' });
    expect(host?.SecurityOpt).toEqual([
      'no-new-privileges',
      expect.stringMatching(/^seccomp=\{"defaultAction":"SCMP_ACT_ERRNO"/),
    ]);
    for (const key of ['Binds', 'Mounts', 'CapAdd', 'Devices', 'PortBindings', 'UsernsMode', 'PidMode'])
      expect(host).not.toHaveProperty(key);
  });
});
