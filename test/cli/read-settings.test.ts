import { describe, expect, it } from 'vitest';
import { readSettings } from '../../services/cli/read-settings.ts';

describe('readSettings', () => {
  it('takes options as text and coerces them', () => {
    expect(readSettings({ port: '0', allowHost: ['a:1'] }, {})).toMatchObject({ port: 0, allowHosts: ['a:1'] });
  });

  it('names every bad setting in one message', () => {
    expect(() => readSettings({ port: 'x' }, { SLIPWAY_SESSIONS_PIDS: '-1' })).toThrow(/port: .*\n.*sessions\.pids: /);
  });

  it('refuses credentials in addresses that images would keep, without repeating them', () => {
    const names = ['BUILD_CONDA_MIRROR', 'BASE_DEBIAN_MIRROR', 'BASE_PYTHON_MIRROR', 'BASE_PYTHON_DOWNLOADS'];
    for (const name of names) {
      const read = () => readSettings({}, { [`SLIPWAY_${name}`]: 'https://me:hidden@mirror.example/' });
      expect(read).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
      expect(read).not.toThrow(/hidden/);
    }
    expect(readSettings({}, { SLIPWAY_BUILD_INDEX_URL: 'https://me:it@index.example/' }).build.indexUrl).toContain(
      'it',
    );
  });

  it('takes the configuration file from a variable', () => {
    expect(() => readSettings({}, { SLIPWAY_CONFIG: '/nonexistent.yaml' })).toThrow(
      expect.objectContaining({ code: 'CONFIG_FILE_UNREADABLE' }),
    );
  });
});
