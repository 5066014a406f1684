import { parseImageReference } from './image-reference.ts';
import { RegistryError } from './registry-error.ts';

/** A registry, and the path in it below which our images are. */
export type RegistryAddress = {
  /** `https://host:port`, without a slash at its end. */
  readonly origin: string;
  /** `host:port`, as names of images begin with it. */
  readonly host: string;
  /** '' or ending in a slash. */
  readonly path: string;
};

/** An image as a registry knows it, and the name by which an engine finds it there. */
export type RemoteImage = { readonly repository: string; readonly tag: string; readonly name: string };

/** Reads the setting `registry.url`: `http(s)://host[:port][/path]`. */
export const parseRegistryUrl = (url: string): RegistryAddress => {
  const { origin, host, pathname } = new URL(url);
  const path = pathname.replaceAll(/^\/+|\/+$/g, '');
  return { origin, host, path: path === '' ? '' : `${path}/` };
};

/**
 * Where an image of ours is kept in the registry: below its path, unless the name has the registry itself and so the
 * whole path. Throws RegistryError for what is not the name of an image.
 */
export const locateImage = ({ host, path }: RegistryAddress, imageName: string): RemoteImage => {
  const reference = parseImageReference(imageName);
  if (reference === undefined) throw new RegistryError(`${imageName} is not the name of an image.`);
  const { registry, tag = 'latest' } = reference;
  const isThere = registry === host;
  const repository = isThere ? reference.repository : `${path}${reference.repository}`;
  return { repository, tag, name: `${host}/${repository}:${tag}` };
};
