import { createHash, type Hash } from 'node:crypto';
import { createWriteStream, openAsBlob } from 'node:fs';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { createTemporaryDirectory } from '../../../platform/temporary-directory.ts';
import type { RegistryLayer } from '../image-registry.ts';
import { extendConfig, extendManifest, parseImageConfig } from './image-manifest.ts';
import type { RemoteImage } from './registry-address.ts';
import type { RegistryClient } from './registry-client.ts';

export type LayerPush = {
  readonly client: RegistryClient;
  /** The image below; the registry has it. */
  readonly from: RemoteImage;
  readonly to: RemoteImage;
  readonly image: Pick<RegistryLayer, 'layer' | 'labels' | 'env'>;
  /** Directory for the compressed layer. */
  readonly temporary: string;
};

const digestOf = (hash: Hash): string => `sha256:${hash.digest('hex')}`;

const passThrough = (hash: Hash): Transform =>
  new Transform({
    transform: (chunk: Buffer, _encoding, next) => {
      hash.update(chunk);
      next(null, chunk);
    },
  });

/** Compresses a layer into a file. Equal tars give equal digests: gzip is told neither a name nor a time. */
const compress = async (layer: Readable, file: string, signal: AbortSignal) => {
  const [before, after] = [createHash('sha256'), createHash('sha256')];
  await pipeline(layer, passThrough(before), createGzip(), passThrough(after), createWriteStream(file), { signal });
  const body = await openAsBlob(file);
  return { diffId: digestOf(before), digest: digestOf(after), size: body.size, body };
};

const makeBlob = (text: string) => {
  const body = new Blob([text]);
  return { digest: digestOf(createHash('sha256').update(text)), size: body.size, body };
};

/**
 * Stores an image that is another one with a layer on top: sends that layer, a configuration and a manifest, and has
 * the registry mount all other layers. Gives false, with nothing stored under the name, where it does not mount.
 */
export const pushLayer = async (push: LayerPush, signal: AbortSignal): Promise<boolean> => {
  const { client, from, to, image, temporary } = push;
  const manifest = await client.readManifest(from.repository, from.tag, signal);
  const below = await client.readBlob(from.repository, manifest.config.digest, signal);
  const path = { from: from.repository, to: to.repository };
  const mounted = await Promise.all(manifest.layers.map(({ digest }) => client.mountBlob(digest, path, signal)));
  if (mounted.includes(false)) return false;
  await using directory = await createTemporaryDirectory(temporary, 'slipway-layer-');
  const layer = await compress(image.layer, join(directory.path, 'layer.tar.gz'), signal);
  await client.uploadBlob(to.repository, layer, signal);
  const text = JSON.stringify(extendConfig(parseImageConfig(String(below)), { ...image, diffId: layer.diffId }));
  const config = makeBlob(text);
  await client.uploadBlob(to.repository, config, signal);
  const describe = ({ size, digest }: { size: number; digest: string }) => ({ size, digest });
  const extended = extendManifest(manifest, { config: describe(config), layer: describe(layer) });
  await client.writeManifest(to.repository, { tag: to.tag, manifest: extended }, signal);
  return true;
};
