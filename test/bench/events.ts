import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Order, Word } from './events/server.ts';
import { openWatchers } from './events/watchers.ts';
import { judge, renderTable, type Measure } from './measures.ts';
import { percentile } from './proxy/load.ts';

/** All load stays on this machine, and is bounded by these numbers. */
const WATCHERS = 1000;
const LINES_A_RUN = 20;
const PAUSE_MS = 200;
/** A line that is not everywhere after this long is lost. */
const GIVE_UP_MS = 10_000;
const TARGET_SECONDS = 0.25;

const sort = (times: readonly number[]): Float64Array => Float64Array.from(times).sort();

const progress = (text: string): void => void process.stderr.write(`${text}\n`);

const hear = async <Kind extends Word['kind']>(
  server: ChildProcess,
  kind: Kind,
): Promise<Extract<Word, { kind: Kind }>> => {
  for (;;) {
    const [word] = (await once(server, 'message')) as [Word];
    if (word.kind === kind) return word as Extract<Word, { kind: Kind }>;
  }
};

const tell = (server: ChildProcess, order: Order): void => void server.send(order);

const waitForAll = async (seen: readonly number[], expected: number): Promise<void> => {
  for (let waited = 0; seen.length < expected; waited += 50) {
    if (waited > GIVE_UP_MS) throw new Error(`${expected - seen.length} of ${expected} lines did not arrive`);
    await sleep(50);
  }
};

/** Seconds that each line was on its way to each watcher, one list a run. */
const measure = async (server: ChildProcess, url: string, runs: number): Promise<number[][]> => {
  const times: number[] = [];
  const isWarm = { yes: false };
  const sightings: number[] = [];
  using _watchers = await openWatchers(url, WATCHERS, (_line, milliseconds) => {
    sightings.push(milliseconds);
    if (isWarm.yes) times.push(milliseconds / 1000);
  });
  tell(server, { kind: 'emit', line: 0 });
  await waitForAll(sightings, WATCHERS);
  isWarm.yes = true;
  const all: number[][] = [];
  for (let run = 0; run < runs; run += 1) {
    times.length = 0;
    for (let line = 1; line <= LINES_A_RUN; line += 1) {
      tell(server, { kind: 'emit', line: run * LINES_A_RUN + line });
      await sleep(PAUSE_MS);
    }
    await waitForAll(times, LINES_A_RUN * WATCHERS);
    all.push([...times]);
    const [p50, p99, most] = [0.5, 0.99, 1].map((part) => (percentile(sort(times), part) * 1000).toFixed(0));
    progress(`run ${run + 1} of ${runs}: p50 ${p50} ms, p99 ${p99} ms, slowest ${most} ms`);
  }
  return all;
};

const measureOn = async (runs: number, makeUrl: (server: ChildProcess, url: string) => Promise<string>) => {
  const server = fork(join(import.meta.dirname, 'events', 'server.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  try {
    const { url } = await hear(server, 'listening');
    return await measure(server, await makeUrl(server, url), runs);
  } finally {
    tell(server, { kind: 'stop' });
    await once(server, 'exit');
  }
};

const share = async (server: ChildProcess, url: string): Promise<string> => {
  tell(server, { kind: 'share' });
  const { launch } = await hear(server, 'shared');
  return `${url}/build/test/found/HEAD?lastEventId=${launch}.0`;
};

const makeMeasures = (name: string, runs: readonly (readonly number[])[]): readonly Measure[] => {
  const peer = { peer: '', peerSeconds: [] };
  return [
    { name: `${name}, p50`, ...peer, ourSeconds: [percentile(sort(runs.flat()), 0.5)], targets: [] },
    {
      name: `${name}, p99`,
      ...peer,
      ourSeconds: [percentile(sort(runs.flat()), 0.99)],
      targets: [{ of: 'seconds', most: TARGET_SECONDS }],
    },
  ];
};

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' }, json: { type: 'boolean' } } });
const runs = Number(values.runs);
progress(`${WATCHERS} launches of one repository that is being built…`);
const launches = await measureOn(runs, async (_server, url) => `${url}/build/test/found/HEAD`);
progress(`${WATCHERS} watchers of one launch…`);
const watchers = await measureOn(runs, share);
const measures = [
  ...makeMeasures(`${WATCHERS} launches that follow one build`, launches),
  ...makeMeasures(`${WATCHERS} watchers of one launch`, watchers),
];
const verdicts = measures.map(judge);
if (values.json === true) process.stdout.write(`${JSON.stringify({ runs, verdicts }, null, 2)}\n`);
else
  process.stdout.write(
    `${renderTable(verdicts)}\n(each of ${runs * LINES_A_RUN} lines at each of ${WATCHERS} watchers)\n`,
  );
