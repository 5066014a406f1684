import { parseImageReference } from '../builder/image/registry/image-reference.ts';
import { parseRegistryUrl } from '../builder/image/registry/registry-address.ts';
import type { Settings } from '../contracts/settings.ts';
import type { ImageOptions } from './image-options.ts';
import { makeUsageError } from './parse-pairs.ts';

/**
 * Images are pushed to the registry of the settings and nowhere else, so that its credentials are sent to nobody else.
 * Throws CONFIG_INVALID for `--push` without one, or with a name that is in another registry.
 */
export const checkPush = ({ push, imageName }: ImageOptions, { url }: Settings['registry']): void => {
  if (push !== true) return;
  if (url === '')
    throw makeUsageError(
      '--push needs a registry, and the setting registry.url is empty.',
      'Set SLIPWAY_REGISTRY_URL=https://HOST/PATH, or registry.url in the file of --config; registry.username and registry.password where it asks.',
    );
  const named = parseImageReference(imageName ?? '')?.registry;
  if (named === undefined || named === parseRegistryUrl(url).host) return;
  throw makeUsageError(
    `--image-name ${imageName} is in the registry ${named}, but registry.url is ${url}.`,
    `Leave ${named} out of the name, or set SLIPWAY_REGISTRY_URL=https://${named} and the user of that registry.`,
  );
};
