import { execa } from 'execa';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGitServer, type GitServer } from '../support/git-server.ts';
import { gitSpec, launch } from '../support/launch-stream.ts';
import { removeSlipway, startSlipway, type SlipwayServer } from '../support/slipway-server.ts';
import type { Measure } from './measures.ts';
import { runBench } from './run-bench.ts';
import { time } from './statistics.ts';

type Seconds = Readonly<Record<'plain' | 'cached' | 'warm' | 'notebook', number>>;
type Bench = {
  readonly git: GitServer;
  readonly server: SlipwayServer;
  readonly cached: string;
  readonly warm: string;
};

const progress = (text: string): void => void process.stderr.write(`${text}\n`);

const untilAnswer = async (url: string): Promise<void> => {
  for (; ; await sleep(10)) {
    const response = await fetch(url).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.status === 200) return;
  }
};

/** From the request to the first answer of Jupyter through the proxy; gives the image, and ends the session. */
const measureLaunch = async ({ server }: Bench, spec: string) => {
  const { seconds, result } = await time(async () => {
    const { ready, failed } = await launch(server.url, spec);
    if (ready === undefined) throw new Error(`the launch failed: ${failed?.message ?? ''}`);
    await untilAnswer(`${ready.url}api`);
    return ready;
  });
  const id = /\/s\/(\w+)\//.exec(result.url)?.[1] ?? '';
  await execa('docker', ['rm', '--force', `slipway-${id}`]);
  return { seconds, image: result.image };
};

/** `docker run` of the image, with the command that it has itself. */
const measurePlain = async (image: string): Promise<number> => {
  let container = '';
  try {
    const { seconds } = await time(async () => {
      container = (await execa('docker', ['run', '--detach', image])).stdout;
      const format = '{{.NetworkSettings.IPAddress}}';
      const { stdout: address } = await execa('docker', ['inspect', '--format', format, container]);
      await untilAnswer(`http://${address}:8888/api`);
    });
    return seconds;
  } finally {
    await execa('docker', ['rm', '--force', '--volumes', container]);
  }
};

const untilOneWaits = async ({ url }: SlipwayServer): Promise<void> => {
  const isThere = async () => (await (await fetch(`${url}/metrics`)).text()).includes('slipway_pool_sessions 1');
  while (!(await isThere())) await sleep(200);
};

const runOnce = async (bench: Bench, run: number): Promise<Seconds> => {
  const { git, server } = bench;
  await untilOneWaits(server);
  const { seconds: cached, image } = await measureLaunch(bench, gitSpec(bench.cached));
  const plain = await measurePlain(image);
  await git.commit('cached', { 'index.ipynb': `{"run":${run}}` }, 'Change the notebook');
  const { seconds: notebook } = await measureLaunch(bench, gitSpec(bench.cached));
  const { seconds: warm } = await measureLaunch(bench, gitSpec(bench.warm));
  return { plain, cached, warm, notebook };
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
  const { url: warm } = await git.createRepository('warm', { 'index.ipynb': '{}' });
  const env = { SLIPWAY_POOL_REPOSITORIES: `${gitSpec(warm)}=1`, SLIPWAY_POOL_CHECK_SECONDS: '1' };
  const server = await startSlipway({ allowHosts: [git.host], env });
  try {
    await showMemory(server);
    const bench = { git, server, cached, warm };
    await measureLaunch(bench, gitSpec(cached));
    const times: Seconds[] = [];
    for (let run = 1; run <= runs; run += 1) {
      const seconds = await runOnce(bench, run);
      times.push(seconds);
      const shown = Object.entries(seconds).map(([name, one]) => `${name} ${one.toFixed(2)}`);
      progress(`run ${run} of ${runs}: ${shown.join(', ')}`);
    }
    return listMeasures(times);
  } finally {
    await removeSlipway(server);
  }
};

await runBench(measure);
