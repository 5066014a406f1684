import { describe, expect, it } from 'vitest';
import { orderChannels, parseChannel } from '../../../../services/builder/detect/conda/conda-channels.ts';

describe('a channel', () => {
  it.each([
    ['conda-forge', 'conda-forge'],
    [' conda-forge/label/dev ', 'conda-forge/label/dev'],
    ['conda-forge/linux-64', 'conda-forge'],
    ['https://conda.anaconda.org/bioconda/', 'bioconda'],
    ['https://conda.anaconda.org/bioconda/noarch', 'bioconda'],
    ['https://repo.prefix.dev/conda-forge/', 'https://repo.prefix.dev/conda-forge'],
    ['http://localhost:8000/channel', 'http://localhost:8000/channel'],
  ])('%j is %s', (text, channel) => {
    expect(parseChannel(text)).toBe(channel);
  });

  it.each([
    '',
    '.',
    '..',
    '../channel',
    './channel',
    '/opt/channel',
    'a/../b',
    'file:///opt/channel',
    'ftp://example.org/channel',
    'https://user:password@example.org/channel',
    'https://user@example.org/channel',
    'https://example.org/channel?token=1',
    'https://',
    'a b',
    'a;b',
    '-option',
    'x'.repeat(1000),
  ])('is not %.60j', (text) => {
    expect(parseChannel(text)).toBeUndefined();
  });
});

describe('the order of channels', () => {
  it.each([
    { listed: [], named: [], channels: ['conda-forge'] },
    { listed: ['bioconda'], named: [], channels: ['bioconda', 'conda-forge'] },
    { listed: ['conda-forge', 'bioconda'], named: ['nvidia'], channels: ['conda-forge', 'bioconda', 'nvidia'] },
    { listed: ['defaults', 'bioconda'], named: [], channels: ['conda-forge', 'bioconda'] },
    { listed: ['bioconda', 'nodefaults'], named: [], channels: ['bioconda'] },
    { listed: ['nodefaults'], named: [], channels: ['conda-forge'] },
    { listed: ['a', 'a', 'nodefaults'], named: ['a', 'b'], channels: ['a', 'b'] },
  ])('of $listed and $named', ({ listed, named, channels }) => {
    expect(orderChannels(listed, named, ['conda-forge']).channels).toEqual(channels);
  });

  it('tells whether the operator stands for defaults', () => {
    expect(orderChannels(['defaults'], [], ['a', 'b'])).toEqual({ channels: ['a', 'b'], hasDefaults: true });
    expect(orderChannels(['a'], [], ['b']).hasDefaults).toBe(false);
  });
});
