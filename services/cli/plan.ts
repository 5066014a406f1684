import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { offerPythons } from '../builder/base/python-versions.ts';
import { hideInData } from '../builder/image/hide-values.ts';
import { planDirectory } from '../builder/plan-directory.ts';
import type { BuildPlan } from '../contracts/build-plan.ts';
import type { Settings } from '../contracts/settings.ts';
import { SlipwayError } from '../contracts/slipway-error.ts';
import { redactCredentials } from '../platform/redact-credentials.ts';
import { environment } from './environment.ts';
import { readSettings, type SettingsOptions } from './read-settings.ts';

/** Whether a path is a directory of this machine. */
export const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** The plan of a directory. Throws DETECT_ errors, and REPO_SPEC_INVALID when there is no such directory. */
export const planLocal = (directory: string, { base, build }: Settings): BuildPlan => {
  if (!isDirectory(directory)) {
    throw new SlipwayError('REPO_SPEC_INVALID', {
      message: `${directory} is not a directory.`,
      hint: 'Name a directory that holds a checked-out repository.',
    });
  }
  const { condaChannels } = build;
  return planDirectory(resolve(directory), {
    pythons: offerPythons(base),
    defaultPython: base.defaultPython,
    condaChannels,
  });
};

/** `slipway plan DIR`: prints how a directory would be built, as JSON. */
export const runPlan = (directory: string, options: SettingsOptions): void => {
  const plan = planLocal(directory, readSettings(options, environment));
  process.stdout.write(`${JSON.stringify(hideInData(plan, redactCredentials), null, 2)}\n`);
};
