import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EnvironmentPlan, StagedFile } from '../../contracts/build-plan.ts';
import { BUILD_CONTEXT } from '../dockerfile/image-layout.ts';

const PROGRAMS = ['conda-install.py', 'register-kernel.py', 'requirements.txt'];

const own = (name: string): StagedFile => ({
  path: `${BUILD_CONTEXT.conda}/${name}`,
  text: readFileSync(join(import.meta.dirname, name), 'utf8'),
});

/** A channel's address; names are below the mirror. */
const locate = (channel: string, mirror: string): string =>
  /^https?:\/\//.test(channel) ? channel : `${mirror.replace(/\/$/, '')}/${channel}`;

const locateSpec = (spec: string, mirror: string): string => {
  const [, channel = '', rest = spec] = /^(\S+)(::.*)$/.exec(spec) ?? [];
  return channel === '' ? spec : `${locate(channel, mirror)}${rest}`;
};

/** What the build of a conda environment reads from its context: our programs, and what is asked of them. */
export const makeCondaFiles = ({ conda, python, asOf }: EnvironmentPlan, mirror: string): readonly StagedFile[] => {
  if (conda === undefined) return [];
  const request = {
    channels: conda.channels.map((channel) => locate(channel, mirror)),
    specs: conda.specs.map((spec) => locateSpec(spec, mirror)),
    python,
    ...(asOf === undefined ? {} : { asOf }),
  };
  const text = `${JSON.stringify(request, null, 1)}\n`;
  return [...PROGRAMS.map(own), { path: `${BUILD_CONTEXT.conda}/request.json`, text }];
};
