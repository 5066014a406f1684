import type { Clock } from '../../../platform/clock.ts';
import { createSendAuthorized, type RegistryCredentials } from './authorize.ts';
import { makeResponseError } from './registry-error.ts';
import { createSend } from './send-request.ts';

/** What a registry can be asked. Failures are RegistryError; only 404 means absent. */
export type RegistryClient = {
  /** Whether a repository has a manifest under a tag or digest, of whatever type. */
  hasManifest(repository: string, reference: string, signal: AbortSignal): Promise<boolean>;
};

export type RegistryClientOptions = {
  /** `https://host:port` */
  readonly origin: string;
  readonly credentials: RegistryCredentials;
  readonly clock: Clock;
};

/** All types of manifests: a registry answers 404 for one that it has and that is not accepted. */
const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** A client of the OCI distribution API. */
export const createRegistryClient = ({ origin, credentials, clock }: RegistryClientOptions): RegistryClient => {
  const send = createSendAuthorized(createSend(clock), credentials);
  const at = (repository: string, rest: string): URL => new URL(`${origin}/v2/${repository}/${rest}`);
  return {
    hasManifest: async (repository, reference, signal) => {
      const url = at(repository, `manifests/${reference}`);
      const request = { method: 'HEAD', url, headers: { accept: MANIFEST_TYPES } } as const;
      const response = await send(request, `pull ${repository}`, signal);
      await response.body?.cancel();
      if (response.ok) return true;
      if (response.status === 404) return false;
      throw await makeResponseError(`${repository}:${reference}`, response);
    },
  };
};
