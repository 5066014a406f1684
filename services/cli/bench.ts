import { execa } from 'execa';
import { join } from 'node:path';
import { SlipwayError } from '../contracts/slipway-error.ts';
import { environment } from './environment.ts';
import { ensureEngine } from './ensure-engine.ts';
import { ensurePackages } from './ensure-packages.ts';
import { projectDirectory } from './project-directory.ts';
import { readSettings } from './read-settings.ts';
import { reportToTerminal } from './report.ts';

export type BenchOptions = { readonly runs: string; readonly json: boolean };

const BENCHES = ['builder', 'events', 'launch', 'proxy'] as const;

/** Those that need no containers. */
const WITHOUT_ENGINE: readonly string[] = ['events', 'proxy'];

/** Fewer runs have no median worth the name. */
const LEAST_RUNS = 5;

const PROGRAMS = [
  { program: 'git', package: 'git' },
  { program: 'mmdebstrap', package: 'mmdebstrap' },
];

const fail = (message: string, hint: string) => new SlipwayError('CONFIG_INVALID', { message, hint });

const checkArguments = (name: string, { runs }: BenchOptions): void => {
  if (!(BENCHES as readonly string[]).includes(name))
    throw fail(`There is no bench named ${name}.`, `The benches are ${BENCHES.join(', ')}.`);
  if (!/^\d{1,3}$/.test(runs) || Number(runs) < LEAST_RUNS)
    throw fail(`${runs} is not a number of runs.`, `Ask for ${LEAST_RUNS} runs or more.`);
};

const prepareEngine = async (): Promise<void> => {
  const report = { report: reportToTerminal, env: environment };
  await ensurePackages(PROGRAMS, { ...report, code: 'CONFIG_PROGRAM_MISSING' });
  await ensureEngine({ ...report, settings: readSettings({}, environment) });
};

/** `slipway bench NAME`: measures on this machine, side by side with what others take; exits with 1 when it cannot. */
export const runBench = async (name: string, options: BenchOptions): Promise<void> => {
  checkArguments(name, options);
  if (!WITHOUT_ENGINE.includes(name)) await prepareEngine();
  const program = join('test', 'bench', `${name}.ts`);
  const args = [
    '--disable-warning=ExperimentalWarning',
    program,
    '--runs',
    options.runs,
    ...(options.json ? ['--json'] : []),
  ];
  const { exitCode } = await execa(process.execPath, args, {
    cwd: projectDirectory,
    stdio: 'inherit',
    reject: false,
    env: environment,
  });
  if (exitCode !== 0) process.exitCode = 1;
};
