import { createBuilder } from '../builder/main.ts';
import { createDockerImageStore } from '../builder/image/docker-image-store.ts';
import { readRecord, type ImageRecord } from '../builder/record/read-record.ts';
import { LABELS } from '../contracts/labels.ts';
import type { Settings } from '../contracts/settings.ts';
import { SlipwayError } from '../contracts/slipway-error.ts';
import { tmpdir } from 'node:os';
import { ignoreNotFound, type DockerEngine } from '../platform/docker-engine.ts';
import { ensureEngine } from './ensure-engine.ts';
import { environment } from './environment.ts';
import { makeUsageError } from './parse-pairs.ts';
import { readSettings, type SettingsOptions } from './read-settings.ts';
import { renderRecord } from './render-record.ts';
import { reportToTerminal as report } from './report.ts';
import { readSurroundings } from './surroundings.ts';

export type InspectOptions = SettingsOptions & {
  readonly json?: boolean;
  readonly plan?: boolean;
  readonly lock?: boolean;
  readonly sbom?: boolean;
};

const renderJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The part that is wanted alone, which the image must have. */
const renderPart = (name: string, { plan, lock, bill }: ImageRecord, options: InspectOptions): string => {
  const part = options.plan ? plan && renderJson(plan) : options.lock ? lock && renderJson(lock) : bill;
  if (part !== undefined) return part;
  throw new SlipwayError('IMAGE_RECORD_MISSING', { message: `The image ${name} does not say what was asked for.` });
};

/** Everything but the bill of materials, which is longer than all of it. */
const renderAll = async (engine: DockerEngine, name: string, { labels, plan, lock }: ImageRecord): Promise<string> => {
  const image = await engine.getImage(name).inspect();
  const { [LABELS.plan]: _plan, ...others } = labels;
  const { Id: id, RepoTags: names, Created: created, Size: size } = image;
  return renderJson({ id, names, created, size, labels: others, plan: plan ?? null, lock: lock ?? null });
};

/** Brings the image from the registry when the engine lacks it and there is a registry. */
const provide = async (name: string, settings: Settings, engine: DockerEngine): Promise<void> => {
  if (settings.registry.url === '' || (await ignoreNotFound(engine.getImage(name).inspect()))) return;
  const builder = createBuilder(settings, engine, readSurroundings(settings, environment, tmpdir()));
  for await (const line of builder.findImage(name, new AbortController().signal)) report(line);
};

/** `slipway inspect IMAGE`: prints what an image is and what is in it: a summary, all of it as JSON, or one part. */
export const runInspect = async (name: string, options: InspectOptions): Promise<void> => {
  const parts = [options.json, options.plan, options.lock, options.sbom].filter((wanted) => wanted === true);
  if (parts.length > 1)
    throw makeUsageError('--json, --plan, --lock and --sbom print one thing each.', 'Give one of them.');
  const settings = readSettings(options, environment);
  const engine = await ensureEngine({ settings, env: environment, report });
  await provide(name, settings, engine);
  const record = await readRecord(createDockerImageStore(engine), name);
  if (record === undefined)
    throw new SlipwayError('IMAGE_NOT_FOUND', { message: `The container engine has no image ${name}.` });
  if (parts.length === 0) process.stdout.write(renderRecord(name, record));
  else process.stdout.write(options.json ? await renderAll(engine, name, record) : renderPart(name, record, options));
};
