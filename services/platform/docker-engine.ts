import Docker from 'dockerode';

export type DockerEngine = Docker;

/** Connects to a container engine: an address as in DOCKER_HOST, or the local socket when it is empty. */
export const connectDockerEngine = (dockerHost: string): DockerEngine => {
  if (dockerHost === '') return new Docker({ socketPath: '/var/run/docker.sock' });
  const url = new URL(dockerHost);
  if (url.protocol === 'unix:') return new Docker({ socketPath: url.pathname });
  return new Docker({
    host: url.hostname,
    port: url.port || 2375,
    protocol: url.protocol === 'https:' ? 'https' : 'http',
  });
};

/** The HTTP status of an engine's answer, or undefined when the engine did not answer at all. */
export const engineStatus = (error: unknown): number | undefined => {
  const status = (error as { statusCode?: unknown } | undefined)?.statusCode;
  return typeof status === 'number' ? status : undefined;
};

/** Runs `action` and gives undefined where the engine answers 404; every other failure is thrown. */
export const ignoreNotFound = async <T>(action: Promise<T>): Promise<T | undefined> => {
  try {
    return await action;
  } catch (error) {
    if (engineStatus(error) === 404) return undefined;
    throw error;
  }
};
