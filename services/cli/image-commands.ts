import type { Command } from 'commander';
import type { BuildOptions } from './build.ts';
import { ALLOW_HOST, collect, CONFIG } from './common-options.ts';
import type { ImageOptions } from './image-options.ts';
import type { InspectOptions } from './inspect.ts';
import type { RunOptions } from './run-options.ts';

const EXIT_HELP = `
Exit codes: 0 done; 1 the repository is at fault; 2 the command line or the settings are; 3 the build ran and failed;
4 the infrastructure failed, trying again may help; 130 interrupted.`;

const SOURCE = [
  '<repository-or-dir>',
  'a directory, the http(s) address of a Git repository, a DOI or the address of a record in an archive, or a SWHID',
] as const;

/** What is looked at or built, for every command that does so; the names are repo2docker's. */
export const addSourceOptions = (command: Command): Command =>
  command
    .argument(...SOURCE)
    .option('--ref <ref>', 'branch, tag or commit (HEAD)')
    .option('--subdir <dir>', 'only this sub-directory')
    .option(...CONFIG)
    .option(...ALLOW_HOST);

/** The options that say which image, for every command that makes one; the names are repo2docker's. */
const addImageOptions = (command: Command): Command =>
  addSourceOptions(command)
    .option('--image-name <name>', 'name the image so')
    .option('--label <name=value>', 'label of the image; repeatable', collect)
    .option('--build-arg <name=value>', 'for ARG instructions of a Dockerfile or the appendix; repeatable', collect)
    .option('--appendix <text>', 'Dockerfile instructions that are added at the end')
    .option('--as-of <day>', 'install packages as they were then: yyyy-mm-dd, or commit for the day of the commit')
    .option('--locked <file>', 'install exactly what slipway inspect --lock printed into this file')
    .option('--user-id <id>', 'number of the user in the image (1000)')
    .option('--user-name <name>', 'name of the user in the image (jovyan)')
    .option('--target-repo-dir <path>', 'where the content is in the image (the home directory)')
    .option('--cache-from <image>', 'accepted, not needed; repeatable', collect)
    .option('--push', 'push the image to the registry of the settings')
    .option('--json-logs', 'write the log as one JSON object a line: message and phase')
    .option('--debug', 'show each Dockerfile in the log')
    .option('--clean', 'accepted: what was downloaded is always removed')
    .option('--no-clean', 'accepted, without effect')
    .option('--engine <name>', 'accepted when it is docker');

const addRunOptions = (command: Command): Command =>
  command
    .option('-e, --env <name[=value]>', 'variable of the container; without a value, that of this process', collect)
    .option('-v, --volume <source:target[:ro]>', 'mount a directory or a volume; repeatable', collect)
    .option('-p, --publish <[[ip:]host:]port>', 'reach a port of the container from this machine; repeatable', collect)
    .option('-P, --publish-all', 'reach every port that the image exposes, each by a free port of this machine');

/** The commands that make, run and describe images. */
export const addImageCommands = (program: Command): Command => {
  addRunOptions(addImageOptions(program.command('build')))
    .description('Build the image of a directory or a repository, and print its name.')
    .option('--no-run', 'accepted: building is all that this command does')
    .option('--no-build', 'print the Dockerfile and build nothing, as slipway dockerfile does')
    .addHelpText('after', EXIT_HELP)
    .action(async (source: string, options: BuildOptions) => (await import('./build.ts')).runBuild(source, options));
  addRunOptions(addImageOptions(program.command('run')))
    .description('Build an image and run it in the foreground: Jupyter, or a command.')
    .argument('[command...]', 'run this instead of Jupyter; options of slipway go in front of the repository')
    .option('-E, --editable', 'mount the directory on the home directory, so that changes are kept')
    .addHelpText('after', `${EXIT_HELP} Otherwise the exit code is that of the container.`)
    .passThroughOptions()
    .action(async (source: string, command: readonly string[], options: ImageOptions & RunOptions) =>
      (await import('./run.ts')).runRun(source, command, options),
    );
  program
    .command('inspect')
    .description('Print what an image is and what is installed in it.')
    .argument('<image>', 'name or id of an image in the container engine, or its name in the registry of the settings')
    .option('--json', 'all but the bill of materials, as JSON')
    .option('--plan', 'the plan that it was built by, as JSON')
    .option('--lock', 'exactly what is installed, for slipway build --locked')
    .option('--sbom', 'the bill of materials: CycloneDX 1.6, as JSON')
    .option(...CONFIG)
    .action(async (name: string, options: InspectOptions) => (await import('./inspect.ts')).runInspect(name, options));
  return program;
};
