import { createBuildLog } from './build-log.ts';
import { buildSource } from './build-source.ts';
import { runDockerfile } from './dockerfile.ts';
import type { ImageOptions } from './image-options.ts';
import { listenForStop } from './listen-for-stop.ts';
import { reportFailure, type Report } from './report.ts';

/** What repo2docker takes for running; a build does nothing with it but say so. */
export type BuildOptions = ImageOptions & {
  readonly run?: boolean;
  readonly env?: readonly string[];
  readonly volume?: readonly string[];
  readonly publish?: readonly string[];
  readonly publishAll?: boolean;
  readonly build?: boolean;
};

const noticeRunOptions = ({ env, volume, publish, publishAll }: BuildOptions, report: Report): void => {
  for (const [option, values] of Object.entries({ env, volume, publish, 'publish-all': publishAll }))
    if (values !== undefined) report(`--${option} has no effect on an image; slipway run takes it.`);
};

/** `slipway build REPO_OR_DIR`: builds the image, shows the log on standard error, prints the name on standard output. */
export const runBuild = async (source: string, options: BuildOptions): Promise<void> => {
  const log = createBuildLog(options.jsonLogs === true);
  try {
    if (options.build === false) return await runDockerfile(source, options);
    noticeRunOptions(options, log.reportAs('building'));
    const { imageName } = await buildSource(source, options, { log, signal: listenForStop() });
    process.stdout.write(`${imageName}\n`);
  } catch (error) {
    reportFailure(error, log.reportAs('failed'));
  }
};
