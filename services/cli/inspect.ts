import { LABELS } from '../contracts/labels.ts';
import { SlipwayError } from '../contracts/slipway-error.ts';
import { ignoreNotFound } from '../platform/docker-engine.ts';
import { ensureEngine } from './ensure-engine.ts';
import { environment } from './environment.ts';
import { readSettings, type SettingsOptions } from './read-settings.ts';
import { reportToTerminal as report } from './report.ts';

const readPlan = (text: string | undefined): unknown => (text === undefined ? null : (JSON.parse(text) as unknown));

/** `slipway inspect IMAGE`: prints as JSON what an image is, its labels, and the plan it was built by. */
export const runInspect = async (name: string, options: SettingsOptions): Promise<void> => {
  const settings = readSettings(options, environment);
  const engine = await ensureEngine({ settings, env: environment, report });
  const image = await ignoreNotFound(engine.getImage(name).inspect());
  if (image === undefined)
    throw new SlipwayError('IMAGE_NOT_FOUND', { message: `The container engine has no image ${name}.` });
  const { [LABELS.plan]: plan, ...labels } = image.Config.Labels ?? {};
  const { Id: id, RepoTags: names, Created: created, Size: size } = image;
  process.stdout.write(`${JSON.stringify({ id, names, created, size, labels, plan: readPlan(plan) }, null, 2)}\n`);
};
