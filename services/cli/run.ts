import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { createBuildLog } from './build-log.ts';
import { buildSource } from './build-source.ts';
import { environment } from './environment.ts';
import type { ImageOptions } from './image-options.ts';
import { listenForStop } from './listen-for-stop.ts';
import { isDirectory } from './plan.ts';
import { reportFailure } from './report.ts';
import { runContainer } from './run-container.ts';
import { readRunOptions, type RunOptions } from './run-options.ts';
import { readImageUser } from './user-options.ts';

const TOKEN_VARIABLE = 'JUPYTER_TOKEN=';

/** The token that the person chose with `--env`, else one that nobody can guess. */
const chooseToken = (env: readonly string[]): string =>
  env.find((one) => one.startsWith(TOKEN_VARIABLE))?.slice(TOKEN_VARIABLE.length) ?? randomBytes(24).toString('hex');

/**
 * `slipway run REPO_OR_DIR [CMD…]`: builds the image and runs it in the foreground, prints the address of Jupyter on
 * standard output, and ends with the exit code of the container.
 */
export const runRun = async (
  source: string,
  command: readonly string[],
  options: ImageOptions & RunOptions,
): Promise<void> => {
  const log = createBuildLog(options.jsonLogs === true);
  const report = log.reportAs('running');
  try {
    const directory = isDirectory(source) ? resolve(source) : undefined;
    const config = readRunOptions(options, { inherited: environment, directory, home: readImageUser(options).repoDir });
    const signal = listenForStop();
    const { imageName: image, engine } = await buildSource(source, options, { log, signal });
    report(`Running ${image}. Ctrl-C ends and removes the container.`);
    const onReady = (address: string): void => void process.stdout.write(`${address}\n`);
    const token = chooseToken(config.env);
    process.exitCode = await runContainer({ engine, image, command, config, token, onReady }, signal);
    report('The container has ended and is removed.');
  } catch (error) {
    reportFailure(error, log.reportAs('failed'));
  }
};
