/** The parts of an image's name, as the grammar of the distribution project has them. */
export type ImageReference = {
  /** `host` or `host:port`; absent when the name does not say where the image is. */
  readonly registry?: string;
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:…` */
  readonly digest?: string;
};

const REGISTRY =
  /^(?:(?:[a-z\d]|[a-z\d][a-z\d-]*[a-z\d])(?:\.(?:[a-z\d]|[a-z\d][a-z\d-]*[a-z\d]))*|\[[\da-f:]+\])(?::\d+)?$/i;
const COMPONENT = /^[a-z\d]+(?:(?:\.|__?|-+)[a-z\d]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[a-z\d]+(?:[+._-][a-z\d]+)*:[\da-f]{32,}$/i;
const MAX_REPOSITORY = 255;

/** Cuts `text` at the last `separator` that is behind the last slash. */
const cutAfterSlash = (text: string, separator: string): readonly [string, string | undefined] => {
  const at = text.lastIndexOf(separator);
  return at > text.lastIndexOf('/') ? [text.slice(0, at), text.slice(at + 1)] : [text, undefined];
};

/** The first component names a registry when it cannot be part of a path, or is `localhost`; its length says nothing. */
const isRegistry = (component: string): boolean => /[.:A-Z]/.test(component) || component === 'localhost';

const splitRegistry = (name: string): Pick<ImageReference, 'registry' | 'repository'> => {
  const [first = '', ...rest] = name.split('/');
  return rest.length > 0 && isRegistry(first) ? { registry: first, repository: rest.join('/') } : { repository: name };
};

const isValid = ({ registry, repository, tag, digest }: ImageReference): boolean =>
  (registry === undefined || REGISTRY.test(registry)) &&
  repository.length <= MAX_REPOSITORY &&
  repository.split('/').every((component) => COMPONENT.test(component)) &&
  (tag === undefined || TAG.test(tag)) &&
  (digest === undefined || DIGEST.test(digest));

/** Parses `[registry/]repository[:tag][@digest]`; undefined when `text` is not the name of an image. */
export const parseImageReference = (text: string): ImageReference | undefined => {
  const [beforeDigest = '', digest, ...more] = text.split('@');
  const [name, tag] = cutAfterSlash(beforeDigest, ':');
  const reference = {
    ...splitRegistry(name),
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
  return more.length === 0 && isValid(reference) ? reference : undefined;
};
