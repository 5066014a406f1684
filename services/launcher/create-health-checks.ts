import { statfs } from 'node:fs/promises';
import type { Settings } from '../contracts/settings.ts';
import { askRegistry } from '../platform/ask-registry.ts';
import type { DockerEngine } from '../platform/docker-engine.ts';
import { findBaseImage } from './isolation/find-base-image.ts';
import type { HealthCheck } from './routes/health.ts';

export type HealthParts = {
  readonly settings: Settings;
  readonly engine: DockerEngine;
  /** Throws when the rules of the sessions are not in force. */
  readonly egress: () => Promise<void>;
};

const LEAST_BYTES = 256 * 1024 * 1024;

const checkDisk = async (directory: string): Promise<void> => {
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize < LEAST_BYTES) throw new Error(`only ${bavail * bsize} bytes are free at ${directory}`);
};

const checkRegistry = async (registry: Settings['registry']): Promise<void> => {
  const status = await askRegistry(registry);
  if (status !== 200) throw new Error(`the registry answers ${status}`);
};

/** The parts that launches need, as `/health` lists them; `slipway doctor` looks closer and says what to do. */
export const createHealthChecks = ({ settings, engine, egress }: HealthParts): HealthCheck[] => [
  { service: 'Docker engine', check: async () => void (await engine.ping()) },
  { service: 'Base image', check: async () => void (await findBaseImage(engine, settings.imagePrefix)) },
  { service: 'Egress rules', check: egress },
  { service: 'Disk', check: () => checkDisk(settings.data) },
  ...(settings.registry.url === '' ? [] : [{ service: 'Registry', check: () => checkRegistry(settings.registry) }]),
];
