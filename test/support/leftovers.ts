import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** What a test could leave behind on this machine, by name. */
export type Leftovers = {
  readonly containers: readonly string[];
  readonly danglingImages: readonly string[];
  readonly networks: readonly string[];
  readonly temporary: readonly string[];
  readonly gitProcesses: readonly string[];
};

const docker = (...args: string[]): string[] =>
  execFileSync('docker', args, { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '')
    .sort();

const processes = (pattern: string): string[] => {
  try {
    return execFileSync('pgrep', ['--full', '--list-full', pattern], { encoding: 'utf8' }).trim().split('\n');
  } catch {
    return [];
  }
};

/** Looks at the machine now; compare two of these. */
export const readLeftovers = (): Leftovers => ({
  containers: docker('ps', '--all', '--format', '{{.Names}} {{.Image}}', '--filter', 'label=slipway.kind'),
  danglingImages: docker('images', '--quiet', '--filter', 'dangling=true'),
  networks: docker('network', 'ls', '--format', '{{.Name}}', '--filter', 'label=slipway.instance'),
  temporary: readdirSync(tmpdir()).filter((name) => /^slipway-(fetch|build|base|context)/.test(name)),
  gitProcesses: processes('git .*(ls-remote|fetch)'),
});
