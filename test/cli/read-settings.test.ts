import { describe, expect, it } from 'vitest';
import { readSettings } from '../../services/cli/read-settings.ts';

describe('readSettings', () => {
  it('takes options as text and coerces them', () => {
    expect(readSettings({ port: '0', allowHost: ['a:1'] }, {})).toMatchObject({ port: 0, allowHosts: ['a:1'] });
  });

  it('names every bad setting in one message', () => {
    expect(() => readSettings({ port: 'x' }, { SLIPWAY_SESSIONS_PIDS: '-1' })).toThrow(/port: .*\n.*sessions\.pids: /);
  });

  it('takes the configuration file from a variable', () => {
    expect(() => readSettings({}, { SLIPWAY_CONFIG: '/nonexistent.yaml' })).toThrow(
      expect.objectContaining({ code: 'CONFIG_FILE_UNREADABLE' }),
    );
  });
});
