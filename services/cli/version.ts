import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDirectory } from './project-directory.ts';

const manifest = JSON.parse(readFileSync(join(projectDirectory, 'package.json'), 'utf8')) as {
  readonly version: string;
};

/** The version of this checkout. */
export const VERSION: string = manifest.version;
