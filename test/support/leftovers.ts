import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { LABELS } from '../../services/contracts/labels.ts';
import { connectTestEngine } from './docker-engine.ts';

/** What a test could leave behind on this machine, by name. */
export type Leftovers = {
  readonly containers: readonly string[];
  readonly danglingImages: readonly string[];
  readonly networks: readonly string[];
  readonly temporary: readonly string[];
  readonly gitProcesses: readonly string[];
};

const processes = (pattern: string): string[] => {
  try {
    return execFileSync('pgrep', ['--full', '--list-full', pattern], { encoding: 'utf8' }).trim().split('\n');
  } catch {
    return [];
  }
};

/** Looks at the machine now; compare two of these. */
export const readLeftovers = async (): Promise<Leftovers> => {
  const engine = connectTestEngine();
  const containers = await engine.listContainers({ all: true, filters: { label: [LABELS.kind] } });
  const images = await engine.listImages({ filters: { dangling: ['true'] } });
  const networks = await engine.listNetworks({ filters: { label: [LABELS.instance] } });
  return {
    containers: containers.map(({ Names, Image }) => `${Names.join(' ')} ${Image}`).toSorted(),
    danglingImages: images.map(({ Id }) => Id).toSorted(),
    networks: networks.map(({ Name }) => Name).toSorted(),
    temporary: readdirSync(tmpdir()).filter((name) => /^slipway-(fetch|build|base|context)/.test(name)),
    gitProcesses: processes('git .*(ls-remote|fetch)'),
  };
};
