import { createHash } from 'node:crypto';
import { Value } from 'typebox/value';
import { BuildPlan } from '../../contracts/build-plan.ts';
import { LABELS } from '../../contracts/labels.ts';
import { InstalledLock, type Lock } from '../../contracts/lock.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { RECORD } from '../dockerfile/image-layout.ts';
import type { ImageStore } from '../image/image-store.ts';

type Labels = Readonly<Record<string, string>>;

/** What an image says of how it was made; what an image of another kind lacks is absent. */
export type ImageRecord = {
  readonly labels: Labels;
  readonly plan?: BuildPlan;
  readonly lock?: Lock;
  /** CycloneDX, as JSON. */
  readonly bill?: string;
};

type Source = Pick<ImageStore, 'find' | 'readFile'>;

const unreadable = (name: string, path: string, cause?: unknown): SlipwayError =>
  new SlipwayError('IMAGE_RECORD_INVALID', { message: `${path} in the image ${name} cannot be understood.`, cause });

const parse = (name: string, path: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(name, path, error);
  }
};

/** The label, unless the plan was too long for it: then the file, which holds all of it. */
const readPlan = async (images: Source, name: string, labels: Labels): Promise<BuildPlan | undefined> => {
  const text = (await images.readFile(name, RECORD.plan))?.toString() ?? labels[LABELS.plan];
  if (text === undefined) return undefined;
  const plan = parse(name, RECORD.plan, text);
  if (!Value.Check(BuildPlan, plan)) throw unreadable(name, RECORD.plan);
  return plan;
};

/** The lock of an image that was made of the base alone is that of the base, with nothing beyond it. */
const completeLock = (installed: InstalledLock, text: Buffer): Lock => {
  const { base, debian, python, ...facts } = installed;
  const wish = '';
  if (base !== undefined) return { ...facts, base, debian, python, wish };
  const key = createHash('sha256').update(text).digest('hex');
  return { ...facts, base: { key, debian, python }, debian: [], python: [], wish };
};

const readLock = async (images: Source, name: string, labels: Labels): Promise<Lock | undefined> => {
  const wish = labels[LABELS.wish];
  const text = wish === undefined ? undefined : await images.readFile(name, RECORD.lock);
  if (text === undefined || wish === undefined) return undefined;
  const installed = parse(name, RECORD.lock, text.toString());
  if (!Value.Check(InstalledLock, installed)) throw unreadable(name, RECORD.lock);
  return { ...completeLock(installed, text), wish };
};

/**
 * Reads the record of an image: its labels, its plan and, where Slipway installed its packages, their lock and their bill
 * of materials; undefined when there is no such image. Throws IMAGE_RECORD_INVALID.
 */
export const readRecord = async (images: Source, name: string): Promise<ImageRecord | undefined> => {
  const image = await images.find(name);
  if (image === undefined) return undefined;
  const { labels } = image;
  const isOurs = labels[LABELS.wish] !== undefined;
  const plan = await readPlan(images, name, labels);
  const lock = await readLock(images, name, labels);
  const bill = isOurs ? (await images.readFile(name, RECORD.bill))?.toString() : undefined;
  return {
    labels,
    ...(plan === undefined ? {} : { plan }),
    ...(lock === undefined ? {} : { lock }),
    ...(bill === undefined ? {} : { bill }),
  };
};
