import { describe, expect, it } from 'vitest';
import { checkPush } from '../../services/cli/push-options.ts';
import { readSettings } from '../../services/cli/read-settings.ts';

const check = (imageName: string | undefined, url: string) => () =>
  checkPush(
    { push: true, ...(imageName === undefined ? {} : { imageName }) },
    readSettings({}, { SLIPWAY_REGISTRY_URL: url }).registry,
  );

describe('--push', () => {
  it.each([undefined, 'me/analysis:2', 'registry.example.org:5000/me/analysis:2'])(
    'sends %s to the registry of the settings',
    (imageName) => {
      expect(check(imageName, 'https://registry.example.org:5000/team')).not.toThrow();
    },
  );

  it('names the setting that it needs', () => {
    expect(check(undefined, '')).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: '--push needs a registry, and the setting registry.url is empty.',
        hint: expect.stringContaining('SLIPWAY_REGISTRY_URL') as string,
      }) as Error,
    );
  });

  it('sends the credentials of one registry to no other', () => {
    expect(check('ghcr.example/me/x:1', 'https://registry.example.org/team')).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(/is in the registry ghcr\.example, but registry\.url is https:/) as string,
        hint: expect.stringContaining('SLIPWAY_REGISTRY_URL=https://ghcr.example') as string,
      }) as Error,
    );
  });
});
