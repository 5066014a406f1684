import { readFileSync } from 'node:fs';
import { Value } from 'typebox/value';
import { createDockerImageStore } from '../builder/image/docker-image-store.ts';
import { compareLocks } from '../builder/lock/compare-locks.ts';
import { readRecord } from '../builder/record/read-record.ts';
import { Lock } from '../contracts/lock.ts';
import { SlipwayError } from '../contracts/slipway-error.ts';
import type { DockerEngine } from '../platform/docker-engine.ts';

const parse = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new SlipwayError('LOCK_INVALID', { message: `${file} cannot be read as a lock.`, cause: error });
  }
};

/** Reads a lock that `slipway inspect --lock` printed. Throws LOCK_INVALID, which names what is wrong in it. */
export const readLock = (file: string): Lock => {
  const lock = parse(file);
  if (Value.Check(Lock, lock)) return lock;
  const [problem] = Value.Errors(Lock, lock);
  const where = problem === undefined || problem.instancePath === '' ? 'it' : problem.instancePath.slice(1);
  throw new SlipwayError('LOCK_INVALID', { message: `${file} is not a lock: ${where} ${problem?.message ?? ''}.` });
};

const MAX_SHOWN = 10;

/** Throws LOCK_NOT_MET when an image has not exactly what the lock names that it was built from. */
export const checkBuilt = async (engine: DockerEngine, imageName: string, lock: Lock): Promise<void> => {
  const record = await readRecord(createDockerImageStore(engine), imageName);
  const differences = record?.lock === undefined ? ['everything'] : compareLocks(lock, record.lock);
  if (differences.length === 0) return;
  const more = differences.length > MAX_SHOWN ? ` and ${differences.length - MAX_SHOWN} more` : '';
  throw new SlipwayError('LOCK_NOT_MET', {
    message: `The image ${imageName} was built, but differs from its lock in: ${differences.slice(0, MAX_SHOWN).join(', ')}${more}.`,
  });
};
