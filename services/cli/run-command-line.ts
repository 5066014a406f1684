import { Command, CommanderError } from 'commander';
import type { BenchOptions } from './bench.ts';
import type { DoctorOptions } from './doctor.ts';
import { EXIT_CODES } from './exit-code.ts';
import { ALLOW_HOST, CONFIG, DATA } from './common-options.ts';
import { addImageCommands, addSourceOptions } from './image-commands.ts';
import type { ImagesOptions } from './images.ts';
import type { SourceOptions } from './plan.ts';
import type { SettingsOptions } from './read-settings.ts';
import { reportFailure } from './report.ts';
import { VERSION } from './version.ts';

const PRUNE_HELP = `
--prune removes images of commits and environments below imagePrefix that no container is of and that were not made or
launched in the last hour, according to --data, and whatever of the engine's build cache nothing used in the last hour.
Base images stay. What is needed again is built again, or fetched from the registry.`;

const addListenerOptions = (command: Command): Command =>
  command
    .option('--port <port>', 'control listener: pages and API (8080)')
    .option('--session-port <port>', 'session listener (8081)')
    .option('--host <address>', 'address that both listeners bind (127.0.0.1)');

const addSettingOptions = (command: Command): Command =>
  command
    .option(...DATA)
    .option(...CONFIG)
    .option(...ALLOW_HOST);

/** One process, or several that share a Redis. Each command loads its own code only: `plan` does not wait for the server's libraries. */
const addServeCommands = (program: Command): Command => {
  addSettingOptions(addListenerOptions(program.command('up')))
    .description('Install what is missing, make the base image, and serve.')
    .action(async (options: SettingsOptions) => (await import('./up.ts')).runUp(options));
  addSettingOptions(addListenerOptions(program.command('launcher')))
    .description('Serve without building: one of several processes that share redis.url.')
    .action(async (options: SettingsOptions) => (await import('./launcher.ts')).runLauncher(options));
  addSettingOptions(program.command('builder'))
    .description('Build what launchers ask for: one of several processes that share redis.url.')
    .action(async (options: SettingsOptions) => (await import('./builder.ts')).runBuilder(options));
  return program;
};

const addServerCommands = (program: Command): Command => {
  program
    .command('down')
    .description('Stop all sessions of a data directory.')
    .option(...DATA)
    .option(...CONFIG)
    .action(async (options: SettingsOptions) => (await import('./down.ts')).runDown(options));
  program
    .command('images')
    .description('List the images that were made here: what they are of, their size, when they were launched last.')
    .option('--json', 'print JSON', false)
    .option('--prune', 'remove what is not in use instead, and print what was removed', false)
    .addHelpText('after', PRUNE_HELP)
    .option(...DATA)
    .option(...CONFIG)
    .action(async (options: ImagesOptions) => (await import('./images.ts')).runImages(options));
  program
    .command('doctor')
    .description('Check engine, versions, base image, registry, disk and clock, and try what sessions reach.')
    .option('--json', 'print JSON', false)
    .option(...DATA)
    .option(...CONFIG)
    .action(async (options: DoctorOptions) => (await import('./doctor.ts')).runDoctor(options));
  return program;
};

const addPlanCommands = (program: Command): Command => {
  addSourceOptions(program.command('plan'))
    .description('Print how a directory or a repository would be built, as JSON; nothing is built.')
    .action(async (source: string, options: SourceOptions) => (await import('./plan.ts')).runPlan(source, options));
  addSourceOptions(program.command('dockerfile'))
    .description('Print the Dockerfile that a directory or a repository would be built with; nothing is built.')
    .action(async (source: string, options: SourceOptions) =>
      (await import('./dockerfile.ts')).runDockerfile(source, options),
    );
  return program;
};

const addProjectCommands = (program: Command): Command => {
  program
    .command('test')
    .description('Run every check and every test; installs and starts what they need.')
    .argument('[suite...]', 'only these: check, unit, property, integration, e2e')
    .action(async (suites: readonly string[]) => (await import('./test.ts')).runTest(suites));
  program
    .command('bench')
    .description('Measure on this machine, side by side with what others take; a few minutes.')
    .argument('<name>', 'what to measure: builder')
    .option('--runs <number>', 'how often; the table shows medians', '5')
    .option('--json', 'print JSON, with the seconds of each run', false)
    .action(async (name: string, options: BenchOptions) => (await import('./bench.ts')).runBench(name, options));
  program
    .command('docs')
    .description('Write the reference pages that are generated from the code.')
    .option('--check', 'only fail when a page is not what the code says', false)
    .action(async (options: { readonly check: boolean }) => (await import('./docs.ts')).runDocs(options));
  return program;
};

const createProgram = (): Command =>
  [addServeCommands, addServerCommands, addPlanCommands, addImageCommands, addProjectCommands].reduce(
    (program, add) => add(program),
    new Command('slipway')
      .description('Opens any public repository as a running environment.')
      .version(VERSION)
      .showHelpAfterError('(slipway --help lists the commands)')
      .enablePositionalOptions()
      .exitOverride(),
  );

/** Runs the command that the arguments of this process name; its exit code says how it went. */
export const runCommandLine = async (): Promise<void> => {
  try {
    await createProgram().parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
    else reportFailure(error);
  }
};
