import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../contracts/slipway-error.ts';
import { runCommand } from '../platform/run-command.ts';
import { projectDirectory } from './project-directory.ts';
import type { Report } from './report.ts';

const SOURCES = ['web/src', 'web/public', 'web/index.html', 'web/vite.config.ts', 'web/package.json'];

const newestIn = (path: string): number => {
  if (!existsSync(path)) return 0;
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))));
};

const isCurrent = (index: string): boolean => {
  const newestSource = Math.max(...SOURCES.map((source) => newestIn(join(projectDirectory, source))));
  return existsSync(index) && statSync(index).mtimeMs >= newestSource;
};

/** Builds the web pages when they are missing or older than their sources; gives the directory to serve. */
export const ensureWeb = async (report: Report, env: NodeJS.ProcessEnv): Promise<string> => {
  const directory = join(projectDirectory, 'web', 'dist');
  if (isCurrent(join(directory, 'index.html'))) return directory;
  report('Building the web pages…');
  const vite = join(projectDirectory, 'node_modules', 'vite', 'bin', 'vite.js');
  const { exitCode, stderr } = await runCommand(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: join(projectDirectory, 'web'),
    env: { PATH: env['PATH'] ?? '', NODE_ENV: 'production' },
  });
  if (exitCode !== 0)
    throw new SlipwayError('CONFIG_WEB_UNBUILT', { message: `The web pages could not be built:\n${stderr}` });
  return directory;
};
