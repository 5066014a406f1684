import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { offerPythons } from '../builder/base/python-versions.ts';
import { hideInData } from '../builder/image/hide-values.ts';
import { planDirectory } from '../builder/plan-directory.ts';
import type { BuildPlan } from '../contracts/build-plan.ts';
import type { Settings } from '../contracts/settings.ts';
import { redactCredentials } from '../platform/redact-credentials.ts';
import { environment } from './environment.ts';
import { readSettings, type SettingsOptions } from './read-settings.ts';

/** Options of commands that look at a source and build nothing. */
export type SourceOptions = SettingsOptions & { readonly ref?: string; readonly subdir?: string };

/** A source that was looked at: where it is on this machine, and how it would be built. */
export type PlannedSource = { readonly directory: string; readonly plan: BuildPlan };

/** Whether a path is a directory of this machine. */
export const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

const planLocal = (directory: string, { base, build }: Settings): BuildPlan =>
  planDirectory(directory, {
    pythons: offerPythons(base),
    defaultPython: base.defaultPython,
    condaChannels: build.condaChannels,
  });

/**
 * Plans a source and hands it to `use`, after which a download is gone. A directory as it is needs nothing else, so
 * what fetches is loaded for others only. Throws REPO_, FETCH_ and DETECT_ errors.
 */
export const planSource = async (
  source: string,
  options: SourceOptions,
  use: (planned: PlannedSource, settings: Settings) => void,
): Promise<void> => {
  const settings = readSettings(options, environment);
  if (isDirectory(source) && options.subdir === undefined) {
    const directory = resolve(source);
    return use({ directory, plan: planLocal(directory, settings) }, settings);
  }
  const { fetchSource } = await import('./fetch-source.ts');
  await using fetched = await fetchSource(source, options, settings);
  return use({ directory: fetched.directory, plan: planLocal(fetched.directory, settings) }, settings);
};

/** `slipway plan REPO_OR_DIR`: prints how it would be built, as JSON. */
export const runPlan = (source: string, options: SourceOptions): Promise<void> =>
  planSource(source, options, ({ plan }) =>
    process.stdout.write(`${JSON.stringify(hideInData(plan, redactCredentials), null, 2)}\n`),
  );
