import { describe, expect, it } from 'vitest';
import {
  extendConfig,
  extendManifest,
  parseImageConfig,
  parseImageManifest,
} from '../../../../services/builder/image/registry/image-manifest.ts';

const DOCKER = 'application/vnd.docker.distribution.manifest.v2+json';
const OCI = 'application/vnd.oci.image.manifest.v1+json';
const config = { mediaType: 'config', size: 1, digest: 'sha256:c' };
const layers = [{ mediaType: 'layer', size: 2, digest: 'sha256:l' }];

describe('a manifest', () => {
  it.each([
    [{ mediaType: DOCKER }, 'application/vnd.docker.image.rootfs.diff.tar.gzip', DOCKER],
    [{ mediaType: OCI }, 'application/vnd.oci.image.layer.v1.tar+gzip', OCI],
    [{}, 'application/vnd.oci.image.layer.v1.tar+gzip', OCI],
  ])('%j gets a layer of its own family', (type, layerType, mediaType) => {
    const below = parseImageManifest(JSON.stringify({ schemaVersion: 2, ...type, config, layers }));
    const change = { config: { size: 3, digest: 'sha256:n' }, layer: { size: 4, digest: 'sha256:m' } };
    expect(extendManifest(below, change)).toEqual({
      schemaVersion: 2,
      mediaType,
      config: { mediaType: 'config', size: 3, digest: 'sha256:n' },
      layers: [...layers, { mediaType: layerType, size: 4, digest: 'sha256:m' }],
    });
  });

  it.each(['', 'null', '{}', '{"manifests":[]}', '{"config":{},"layers":[]}'])('is not %j', (text) => {
    expect(() => parseImageManifest(text)).toThrow(/registry/);
  });
});

describe('a configuration', () => {
  const below = {
    architecture: 'amd64',
    created: '2024-05-01T12:00:00Z',
    config: { Env: ['A=1', 'B=x=y'], Labels: { kind: 'environment', kept: 'yes' }, User: 'jovyan' },
    rootfs: { type: 'layers', diff_ids: ['sha256:1'] },
    history: [{ created_by: 'below' }],
  };

  it('keeps what it does not change', () => {
    const change = { diffId: 'sha256:2', labels: { kind: 'commit' }, env: { B: 'new', C: '' } };
    expect(extendConfig(parseImageConfig(JSON.stringify(below)), change)).toEqual({
      architecture: 'amd64',
      created: '2024-05-01T12:00:00Z',
      config: { Env: ['A=1', 'B=new', 'C='], Labels: { kind: 'commit', kept: 'yes' }, User: 'jovyan' },
      rootfs: { type: 'layers', diff_ids: ['sha256:1', 'sha256:2'] },
      history: [
        { created_by: 'below' },
        { created: '2024-05-01T12:00:00Z', created_by: 'slipway: content of the commit' },
      ],
    });
  });

  it('may have neither variables nor labels', () => {
    const bare = parseImageConfig('{"config":{"Env":null},"rootfs":{"diff_ids":[]}}');
    const { config } = extendConfig(bare, { diffId: 'sha256:2', labels: { a: 'b' }, env: { C: 'd' } });
    expect(config).toEqual({ Env: ['C=d'], Labels: { a: 'b' } });
  });

  it.each(['no JSON', '[]', '{"rootfs":{}}'])('is not %j', (text) => {
    expect(() => parseImageConfig(text)).toThrow(/registry/);
  });
});
