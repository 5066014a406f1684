import { accessSync, constants, existsSync, mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SlipwayError } from '../contracts/slipway-error.ts';
import type { DockerEngine } from '../platform/docker-engine.ts';

const LEAST_FREE_BYTES = 512 * 1024 * 1024;

const isFull = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOSPC';

const mib = (bytes: number): string => `${Math.floor(bytes / 1024 / 1024)} MiB`;

/** Throws CONFIG_DISK_FULL when the file system of `directory` has too little space left to work with. */
export const checkFreeSpace = (directory: string, leastBytes = LEAST_FREE_BYTES): void => {
  const { bavail, bsize } = statfsSync(directory);
  if (bavail * bsize >= leastBytes) return;
  throw new SlipwayError('CONFIG_DISK_FULL', {
    message: `Only ${mib(bavail * bsize)} are free at ${directory}; Slipway needs at least ${mib(leastBytes)} to start.`,
  });
};

const LEAST_ENGINE_BYTES = 2 * 1024 * 1024 * 1024;

/** The same for the engine's own directory, where it is on this machine: images are large. */
export const checkEngineSpace = async (engine: DockerEngine): Promise<void> => {
  const { DockerRootDir: directory } = (await engine.info()) as { readonly DockerRootDir?: string };
  if (directory !== undefined && existsSync(directory)) checkFreeSpace(directory, LEAST_ENGINE_BYTES);
};

/** Makes the data directory when it is missing. Throws CONFIG_DATA_UNWRITABLE or CONFIG_DISK_FULL. */
export const prepareDataDirectory = (directory: string): void => {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.W_OK);
  } catch (error) {
    if (isFull(error)) throw new SlipwayError('CONFIG_DISK_FULL', { cause: error });
    throw new SlipwayError('CONFIG_DATA_UNWRITABLE', {
      message: `The data directory ${directory} cannot be written to.`,
      cause: error,
    });
  }
  checkFreeSpace(directory);
};

/**
 * Holds the data directory for one server; the lock is the operating system's, so it ends with the process however
 * that ends. Throws CONFIG_DATA_IN_USE.
 */
export const lockDataDirectory = (directory: string): Disposable => {
  const database = new DatabaseSync(join(directory, 'lock.sqlite'), { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw new SlipwayError('CONFIG_DATA_IN_USE', {
      message: `Another Slipway server uses the data directory ${directory}.`,
      cause: error,
    });
  }
  return { [Symbol.dispose]: () => database.close() };
};

/** Whether a server holds the data directory now. */
export const isDataDirectoryInUse = (directory: string): boolean => {
  try {
    lockDataDirectory(directory)[Symbol.dispose]();
    return false;
  } catch (error) {
    if (error instanceof SlipwayError && error.code === 'CONFIG_DATA_IN_USE') return true;
    throw error;
  }
};
