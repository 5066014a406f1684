import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGitServer, type GitServer } from '../support/git-server.ts';
import { gitSpec } from '../support/launch-stream.ts';
import { removeSlipway, startSlipway, type SlipwayServer } from '../support/slipway-server.ts';
import { measureCrowd } from './crowd.ts';
import type { Measure } from './measures.ts';
import { runBench } from './run-bench.ts';
import { removeContainers, startByLaunch, startPlainly, type Start } from './starts.ts';

type Seconds = Readonly<Record<'plain' | 'cached' | 'warm' | 'notebook' | 'edited', number>>;
type Bench = {
  readonly git: GitServer;
  readonly server: SlipwayServer;
  readonly cached: string;
  readonly warm: string;
};

/** So that no session of it waits for the launches that are to find none. */
const OTHER_ENVIRONMENT = { 'environment.yml': 'variables: { WARM: "yes" }\n' };

const progress = (text: string): void => void process.stderr.write(`${text}\n`);

/** Launches, and ends the session. */
const measureLaunch = async ({ server }: Bench, repository: string): Promise<Start> => {
  const start = await startByLaunch(server.url, repository);
  await removeContainers([start.container]);
  return start;
};

const measurePlain = async (image: string): Promise<number> => {
  const name = `slipway-bench-${process.pid}`;
  try {
    return (await startPlainly(image, name)).seconds;
  } finally {
    await removeContainers([name]);
  }
};

const untilOneWaits = async ({ url }: SlipwayServer): Promise<void> => {
  const isThere = async () => (await (await fetch(`${url}/metrics`)).text()).includes('slipway_pool_sessions 1');
  while (!(await isThere())) await sleep(200);
};

const runOnce = async (bench: Bench, run: number): Promise<Seconds> => {
  const { git, server } = bench;
  await untilOneWaits(server);
  const { seconds: cached, image } = await measureLaunch(bench, bench.cached);
  const plain = await measurePlain(image);
  await git.commit('cached', { 'index.ipynb': `{"run":${run}}` }, 'Change the notebook');
  const { seconds: notebook } = await measureLaunch(bench, bench.cached);
  const { seconds: warm } = await measureLaunch(bench, bench.warm);
  await untilOneWaits(server);
  await git.commit('warm', { 'index.ipynb': `{"run":${run}}` }, 'Change the notebook');
  const { seconds: edited } = await measureLaunch(bench, bench.warm);
  return { plain, cached, warm, notebook, edited };
};

const listMeasures = (runs: readonly Seconds[]): readonly Measure[] => {
  const of = (name: keyof Seconds): readonly number[] => runs.map((seconds) => seconds[name]);
  const beside = (name: keyof Seconds, peer: keyof Seconds) => ({ ourSeconds: of(name), peerSeconds: of(peer) });
  return [
    {
      name: 'cached launch',
      peer: 'docker run',
      ...beside('cached', 'plain'),
      targets: [{ of: 'ratio', most: 1.15 }],
    },
    { name: 'warm launch', peer: 'docker run', ...beside('warm', 'plain'), targets: [{ of: 'ratio', most: 0.15 }] },
    { name: 'new commit while a session waits', peer: 'docker run', ...beside('edited', 'plain'), targets: [] },
    {
      name: 'commit that changes a notebook',
      peer: 'cached launch',
      ...beside('notebook', 'cached'),
      targets: [{ of: 'ratio', most: 1.5 }],
    },
  ];
};

const showMemory = async ({ pid }: SlipwayServer): Promise<void> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  progress(`resident memory of up: ${/VmRSS:\s+(.*)/.exec(status)?.[1] ?? '?'}`);
};

const measure = async (runs: number): Promise<readonly Measure[]> => {
  await using git = await startGitServer();
  const { url: cached } = await git.createRepository('cached', { 'index.ipynb': '{}' });
  const { url: warm } = await git.createRepository('warm', { 'index.ipynb': '{}', ...OTHER_ENVIRONMENT });
  const env = { SLIPWAY_POOL_REPOSITORIES: `${gitSpec(warm)}=1`, SLIPWAY_POOL_CHECK_SECONDS: '1' };
  const server = await startSlipway({ allowHosts: [git.host], env });
  try {
    await showMemory(server);
    const bench = { git, server, cached, warm };
    const { image } = await measureLaunch(bench, cached);
    const times: Seconds[] = [];
    for (let run = 1; run <= runs; run += 1) {
      const seconds = await runOnce(bench, run);
      times.push(seconds);
      const shown = Object.entries(seconds).map(([name, one]) => `${name} ${one.toFixed(2)}`);
      progress(`run ${run} of ${runs}: ${shown.join(', ')}`);
    }
    const crowd = await measureCrowd({ url: server.url, repository: cached, image }, progress);
    return [...listMeasures(times), ...crowd];
  } finally {
    await removeSlipway(server);
  }
};

await runBench(measure);
