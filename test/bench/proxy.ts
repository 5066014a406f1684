import { parseArgs } from 'node:util';
import { loadEchoes, loadRequests, percentile } from './proxy/load.ts';
import { renderComparison, type Comparison } from './proxy/comparison.ts';
import { startProcesses, type Subject } from './proxy/start-processes.ts';

/** All load stays on this machine, and is bounded by these numbers. */
const CONNECTIONS = 50;
const REQUESTS = 8000;
const MESSAGES = 3000;
/**
 * Before the first run, so that what V8 compiles meanwhile is not measured: a proxy serves for weeks. By turns, because
 * what is new in one (a WebSocket after requests) lets it compile the other once more. As much for each of the three.
 */
const COMPILING = { turns: 3, requests: 10_000, messages: 1000 };
const WARM_UP = 2000;

/** Where the system places the three processes of an echo decides more of its time than what they do: so many placements. */
const PLACEMENTS = 10;

type Figures = Record<'perSecond' | 'p50' | 'p99' | 'cpu' | 'echo', number>;

const untilCompiled = async ({ endpoint }: Subject): Promise<void> => {
  for (let turn = 0; turn < COMPILING.turns; turn += 1) {
    await loadRequests(endpoint, { connections: CONNECTIONS, requests: COMPILING.requests });
    await loadEchoes(endpoint, COMPILING.messages);
  }
};

const measureRequests = async ({ endpoint, cpuSeconds }: Subject): Promise<Omit<Figures, 'echo'>> => {
  await loadRequests(endpoint, { connections: CONNECTIONS, requests: WARM_UP });
  const before = cpuSeconds();
  const { latencies, seconds } = await loadRequests(endpoint, { connections: CONNECTIONS, requests: REQUESTS });
  return {
    perSecond: REQUESTS / seconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    cpu: (cpuSeconds() - before) / REQUESTS,
  };
};

type Names = 'direct' | 'peer' | 'ours';
const NAMES: readonly Names[] = ['direct', 'peer', 'ours'];

/** The same order, with another first. */
const rotate = (turn: number): readonly Names[] =>
  NAMES.map((_, index) => NAMES[(index + turn) % NAMES.length] ?? 'direct');

/** One after the other, again and again, each time over a new connection: what the machine does meanwhile meets all. */
const measureEchoes = async (subjects: Record<Names, Subject>): Promise<Record<Names, number>> => {
  const latencies: Record<Names, number[]> = { direct: [], peer: [], ours: [] };
  for (let turn = 0; turn < PLACEMENTS; turn += 1)
    for (const name of rotate(turn)) {
      const load = await loadEchoes(subjects[name].endpoint, MESSAGES / PLACEMENTS);
      latencies[name].push(...load.latencies);
    }
  const middle = (name: Names): number => percentile(Float64Array.from(latencies[name]).toSorted(), 0.5);
  return { direct: middle('direct'), peer: middle('peer'), ours: middle('ours') };
};

const runOnce = async (subjects: Record<Names, Subject>, round: number): Promise<Record<Names, Figures>> => {
  const figures: Partial<Record<Names, Omit<Figures, 'echo'>>> = {};
  for (const name of rotate(round)) figures[name] = await measureRequests(subjects[name]);
  const echoes = await measureEchoes(subjects);
  return Object.fromEntries(NAMES.map((name) => [name, { ...figures[name], echo: echoes[name] }])) as Record<
    Names,
    Figures
  >;
};

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
  for (const name of NAMES) await untilCompiled(processes[name]);
  const rounds: Record<Names, Figures>[] = [];
  for (let round = 0; round < runs; round += 1) {
    const figures = await runOnce(processes, round);
    rounds.push(figures);
    const shown = NAMES.map((name) => `${name} ${figures[name].perSecond.toFixed(0)}/s`);
    process.stderr.write(`run ${round + 1} of ${runs}: ${shown.join(', ')}\n`);
  }
  return compare(rounds);
};

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' }, json: { type: 'boolean' } } });
const comparisons = await run(Number(values.runs));
if (values.json === true)
  process.stdout.write(`${JSON.stringify({ runs: Number(values.runs), comparisons }, null, 2)}\n`);
else process.stdout.write(`${renderComparison(comparisons)}\n(medians of ${values.runs} runs)\n`);
