import type { CondaStep, EnvironmentPlan, StagedFile } from '../../contracts/build-plan.ts';
import { BUILD_CONTEXT } from '../dockerfile/image-layout.ts';
import { readPrograms } from '../own-programs.ts';

const PROGRAMS = ['conda-install.py', 'register-kernel.py', 'requirements.txt'];

/** Where channels are that are named without an address, as locks write it. */
const PUBLIC_SERVER = /^https?:\/\/conda\.anaconda\.org\//;

/** Where a channel or a file of one is: names, and addresses of the public server, are below the mirror. */
const locate = (place: string, mirror: string): string => {
  const path = place.replace(PUBLIC_SERVER, '');
  return /^https?:\/\//.test(path) ? path : `${mirror.replace(/\/$/, '')}/${path}`;
};

const locateSpec = (spec: string, mirror: string): string => {
  const [, channel = '', rest = spec] = /^(\S+)(::.*)$/.exec(spec) ?? [];
  if (channel !== '') return `${locate(channel, mirror)}${rest}`;
  return /^https?:\/\//.test(spec) ? locate(spec, mirror) : spec;
};

/** The addresses of an explicit list. */
const readList = ({ files }: EnvironmentPlan, list: string, mirror: string): readonly string[] => {
  const text = files.find(({ path }) => path === list)?.text ?? '';
  return text.split('\n').flatMap((line) => (line.startsWith('http') ? [locate(line, mirror)] : []));
};

const makeRequest = (plan: EnvironmentPlan, conda: CondaStep, mirror: string) => {
  if (conda.kind === 'locked')
    return { file: conda.file, platform: conda.platform, packages: readList(plan, conda.file, mirror) };
  return {
    file: conda.file,
    channels: conda.channels.map((channel) => locate(channel, mirror)),
    specs: conda.specs.map(({ text, line }) => ({ text: locateSpec(text, mirror), line })),
    python: plan.python,
    ...(plan.asOf === undefined ? {} : { asOf: plan.asOf }),
  };
};

/** What the build of a conda environment reads from its context: our programs, and what is asked of them. */
export const makeCondaFiles = (plan: EnvironmentPlan, mirror: string): readonly StagedFile[] => {
  const { conda } = plan;
  if (conda === undefined) return [];
  const text = `${JSON.stringify(makeRequest(plan, conda, mirror), null, 1)}\n`;
  return [
    ...readPrograms({ from: import.meta.dirname, to: BUILD_CONTEXT.conda }, PROGRAMS),
    { path: `${BUILD_CONTEXT.conda}/request.json`, text },
  ];
};
