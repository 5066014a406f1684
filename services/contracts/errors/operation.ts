import type { ErrorSpec } from './error-spec.ts';

/** What can go wrong with starting Slipway. */
export const OPERATION_ERRORS = {
  CONFIG_INVALID: {
    status: 500,
    retry: false,
    audience: 'operator',
    message: 'The settings are not valid.',
    hint: 'Correct the settings that are named; docs/reference/settings.md lists all of them.',
  },
  CONFIG_FILE_UNREADABLE: {
    status: 500,
    retry: false,
    audience: 'operator',
    message: 'The configuration file cannot be read.',
    hint: 'Check the path given to --config and that the file is valid YAML.',
  },
  CONFIG_PORT_IN_USE: {
    status: 500,
    retry: false,
    audience: 'operator',
    message: 'The port is in use.',
    hint: 'Stop the program that uses it, or choose another with --port or --session-port.',
  },
  CONFIG_ADDRESS_UNAVAILABLE: {
    status: 500,
    retry: false,
    audience: 'operator',
    message: 'The server cannot listen on this address.',
    hint: 'Choose an address of this machine with --host, and a port above 1023 unless you are root.',
  },
  CONFIG_ENGINE_MISSING: {
    status: 500,
    retry: false,
    audience: 'operator',
    message: 'No container engine was found.',
    hint: 'Install Docker, for example with: sudo apt-get install docker.io && sudo systemctl start docker',
  },
  CONFIG_ENGINE_UNREACHABLE: {
    status: 500,
    retry: true,
    audience: 'operator',
    message: 'The container engine does not answer.',
    hint: 'Check DOCKER_HOST and that the engine is running, for example with: docker info',
  },
  CONFIG_DISK_FULL: {
    status: 500,
    retry: false,
    audience: 'operator',
    message: 'There is not enough disk space.',
    hint: 'Free some space, for example with docker system prune, or choose another directory with --data.',
  },
  CONFIG_DATA_UNWRITABLE: {
    status: 500,
    retry: false,
    audience: 'operator',
    message: 'The data directory cannot be written to.',
    hint: 'Choose a directory that you own with --data DIR.',
  },
  CONFIG_PROGRAM_MISSING: {
    status: 500,
    retry: false,
    audience: 'operator',
    message: 'A program that is needed is missing.',
    hint: 'Install the programs that are named with the package manager of your system.',
  },
  CONFIG_WEB_UNBUILT: {
    status: 500,
    retry: false,
    audience: 'operator',
    message: 'The web pages could not be built.',
    hint: 'Run npm run build in web/ to see why; after an update, run npm ci first.',
  },
  CONFIG_DATA_IN_USE: {
    status: 500,
    retry: false,
    audience: 'operator',
    message: 'Another Slipway server uses this data directory.',
    hint: 'Stop the other server, or choose another directory with --data DIR.',
  },
} as const satisfies Record<string, ErrorSpec>;
