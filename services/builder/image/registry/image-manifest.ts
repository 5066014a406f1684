import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';
import { Table } from '../../../contracts/table.ts';
import { RegistryError } from './registry-error.ts';

export const INDEX_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const MANIFEST_TYPES = [OCI_MANIFEST, DOCKER_MANIFEST];

const Descriptor = Type.Object({ mediaType: Type.String(), size: Type.Integer(), digest: Type.String() });
export type Descriptor = Static<typeof Descriptor>;

const ImageManifest = Type.Object({ config: Descriptor, layers: Type.Array(Descriptor) });
export type ImageManifest = Static<typeof ImageManifest> & { readonly mediaType: string };

const ImageConfig = Type.Object({
  config: Type.Object({
    Env: Type.Optional(Type.Union([Type.Null(), Type.Array(Type.String())])),
    Labels: Type.Optional(Type.Union([Type.Null(), Table(Type.String())])),
  }),
  rootfs: Type.Object({ diff_ids: Type.Array(Type.String()) }),
  history: Type.Optional(Type.Array(Type.Unknown())),
  created: Type.Optional(Type.String()),
});
export type ImageConfig = Static<typeof ImageConfig>;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RegistryError('the registry answered with something that is not JSON', { cause: error });
  }
};

/** Reads the manifest of one image, of either family; OCI leaves it open whether it names its own type. */
export const parseImageManifest = (text: string): ImageManifest => {
  const manifest = parse(text);
  if (!Check(ImageManifest, manifest)) throw new RegistryError('the registry has no single image under this name.');
  return { mediaType: OCI_MANIFEST, ...manifest };
};

export const parseImageConfig = (text: string): ImageConfig => {
  const config = parse(text);
  if (Check(ImageConfig, config)) return config;
  throw new RegistryError('the registry has an image whose configuration cannot be read.');
};

/** The type of a gzipped layer in the family of a manifest. */
const layerType = ({ mediaType }: ImageManifest): string =>
  mediaType === DOCKER_MANIFEST
    ? 'application/vnd.docker.image.rootfs.diff.tar.gzip'
    : 'application/vnd.oci.image.layer.v1.tar+gzip';

const setVariables = (env: readonly string[], added: Readonly<Record<string, string>>): string[] => [
  ...env.filter((entry) => !Object.hasOwn(added, entry.slice(0, entry.indexOf('=')))),
  ...Object.entries(added).map(([name, value]) => `${name}=${value}`),
];

export type ConfigChange = {
  /** Digest of the new layer before it was compressed. */
  readonly diffId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
};

/** The configuration of an image with one more layer. Depends on nothing but its input: no time, no machine. */
export const extendConfig = (below: ImageConfig, { diffId, labels, env }: ConfigChange): ImageConfig => ({
  ...below,
  config: {
    ...below.config,
    Env: setVariables(below.config.Env ?? [], env),
    Labels: { ...below.config.Labels, ...labels },
  },
  rootfs: { ...below.rootfs, diff_ids: [...below.rootfs.diff_ids, diffId] },
  history: [...(below.history ?? []), { created: below.created, created_by: 'slipway: content of the commit' }],
});

/** The manifest of an image with one more layer. */
export const extendManifest = (
  below: ImageManifest,
  { config, layer }: Readonly<Record<'config' | 'layer', Pick<Descriptor, 'size' | 'digest'>>>,
): ImageManifest => ({
  ...below,
  config: { ...below.config, ...config },
  layers: [...below.layers, { mediaType: layerType(below), ...layer }],
});
