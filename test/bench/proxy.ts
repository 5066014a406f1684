import { parseArgs } from 'node:util';
import { loadEchoes, loadRequests, percentile } from './proxy/load.ts';
import { renderComparison, type Comparison } from './proxy/comparison.ts';
import { startProcesses, type Subject } from './proxy/start-processes.ts';

/** All load stays on this machine, and is bounded by these numbers. */
const CONNECTIONS = 50;
const REQUESTS = 8000;
const MESSAGES = 3000;
const WARM_UP = { connections: CONNECTIONS, requests: 2000 };

type Figures = Record<'perSecond' | 'p50' | 'p99' | 'cpu' | 'echo', number>;

const measure = async ({ endpoint, cpuSeconds }: Subject): Promise<Figures> => {
  await loadRequests(endpoint, WARM_UP);
  const before = cpuSeconds();
  const { latencies, seconds } = await loadRequests(endpoint, { connections: CONNECTIONS, requests: REQUESTS });
  const cpu = (cpuSeconds() - before) / REQUESTS;
  await loadEchoes(endpoint, MESSAGES / 10);
  const echoes = await loadEchoes(endpoint, MESSAGES);
  return {
    perSecond: REQUESTS / seconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    cpu,
    echo: percentile(echoes.latencies, 0.5),
  };
};

type Names = 'direct' | 'peer' | 'ours';

const compare = (rounds: readonly Record<Names, Figures>[]): readonly Comparison[] => {
  const of = (figure: keyof Figures): Record<Names, readonly number[]> => ({
    direct: rounds.map(({ direct }) => direct[figure]),
    peer: rounds.map(({ peer }) => peer[figure]),
    ours: rounds.map(({ ours }) => ours[figure]),
  });
  return [
    { name: 'requests a second', unit: '1/s', ...of('perSecond'), target: { least: 2 } },
    { name: 'p50 of a request', unit: 'ms', ...of('p50'), target: undefined },
    { name: 'p99 of a request', unit: 'ms', ...of('p99'), target: { most: 0.5 } },
    { name: 'processor time of a request', unit: 'µs', ...of('cpu'), target: undefined },
    { name: 'p50 of a WebSocket echo', unit: 'ms', ...of('echo'), target: { most: 1 } },
  ];
};

/** One round after the other, and within a round one subject after the other, each first in its turn. */
const run = async (runs: number): Promise<readonly Comparison[]> => {
  using processes = await startProcesses();
  const rounds: Record<Names, Figures>[] = [];
  const names: readonly Names[] = ['direct', 'peer', 'ours'];
  for (let round = 0; round < runs; round += 1) {
    const figures: Partial<Record<Names, Figures>> = {};
    const order = names.map((_, index) => names[(index + round) % names.length] ?? 'direct');
    for (const name of order) figures[name] = await measure(processes[name]);
    rounds.push(figures as Record<Names, Figures>);
    const shown = names.map((name) => `${name} ${figures[name]?.perSecond.toFixed(0)}/s`);
    process.stderr.write(`run ${round + 1} of ${runs}: ${shown.join(', ')}\n`);
  }
  return compare(rounds);
};

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' }, json: { type: 'boolean' } } });
const comparisons = await run(Number(values.runs));
if (values.json === true)
  process.stdout.write(`${JSON.stringify({ runs: Number(values.runs), comparisons }, null, 2)}\n`);
else process.stdout.write(`${renderComparison(comparisons)}\n(medians of ${values.runs} runs)\n`);
