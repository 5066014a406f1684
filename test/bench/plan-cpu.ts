import { execa } from 'execa';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const DIRECTORIES = 100;
const FILES_EACH = 50;

/** A repository of 5,000 files beside its requirements. */
export const writeLargeRepository = async (directory: string): Promise<void> => {
  for (let number = 0; number < DIRECTORIES; number += 1) {
    const below = join(directory, `package-${number}`);
    await mkdir(below, { recursive: true });
    const names = Array.from({ length: FILES_EACH }, (_, index) => join(below, `module-${index}.py`));
    await Promise.all(names.map((name) => writeFile(name, 'x = 1\n')));
  }
  await writeFile(join(directory, 'requirements.txt'), 'numpy\npandas\nmatplotlib\n');
};

/** Has the process itself say at its end how much it computed. */
const REPORT = `process.on('exit', () => { const { user, system } = process.cpuUsage(); process._rawDebug(\`cpu \${user + system}\`); })`;

/** The seconds of CPU that a process takes for `slipway plan`, from its first to its last instruction in JavaScript. */
export const measurePlanCpu = async (directory: string): Promise<number> => {
  const preload = `data:text/javascript,${encodeURIComponent(REPORT)}`;
  const args = [
    '--disable-warning=ExperimentalWarning',
    '--import',
    preload,
    'services/cli/main.ts',
    'plan',
    directory,
  ];
  const { stdout, stderr } = await execa(process.execPath, args);
  const [, microseconds] = /^cpu (\d+)$/m.exec(stderr) ?? [];
  if (microseconds === undefined || !stdout.includes('"kind": "environment"')) throw new Error(`no plan: ${stderr}`);
  return Number(microseconds) / 1e6;
};
