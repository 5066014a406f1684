import { describe, expect, it } from 'vitest';
import { locateImage, parseRegistryUrl } from '../../../../services/builder/image/registry/registry-address.ts';

describe('parseRegistryUrl', () => {
  it.each([
    ['http://127.0.0.1:5000', { origin: 'http://127.0.0.1:5000', host: '127.0.0.1:5000', path: '' }],
    ['https://example.org/', { origin: 'https://example.org', host: 'example.org', path: '' }],
    [
      'https://example.org/team/project/',
      { origin: 'https://example.org', host: 'example.org', path: 'team/project/' },
    ],
  ])('reads %s', (url, address) => {
    expect(parseRegistryUrl(url)).toEqual(address);
  });
});

describe('locateImage', () => {
  const address = parseRegistryUrl('https://example.org/team');

  it.each([
    ['slipway/a:1', 'team/slipway/a', 'example.org/team/slipway/a:1'],
    ['slipway/a', 'team/slipway/a', 'example.org/team/slipway/a:latest'],
    ['other.example:5000/a:1', 'team/a', 'example.org/team/a:1'],
    ['example.org/team/a:1', 'team/a', 'example.org/team/a:1'],
    ['example.org/mine/a:1', 'mine/a', 'example.org/mine/a:1'],
  ])('finds %s in %s', (imageName, repository, name) => {
    expect(locateImage(address, imageName)).toMatchObject({ repository, name });
  });

  it('refuses what is not the name of an image', () => {
    expect(() => locateImage(address, 'Not A Name')).toThrow('Not A Name is not the name of an image.');
  });
});
