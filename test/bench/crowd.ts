import { readFile } from 'node:fs/promises';
import { percentile } from './proxy/load.ts';
import type { Measure } from './measures.ts';
import { removeContainers, startByLaunch, startPlainly, type Start } from './starts.ts';

/** People who open one link at the same moment. */
const PEOPLE = 60;
/** What has not answered by then never will. */
const LIMIT_MS = 600_000;
/** Asking sixty times as often as for one would be most of the machine's work. */
const PAUSE_MS = 300;

export type CrowdPlace = {
  readonly url: string;
  /** One that was launched already, so that its image is there. */
  readonly repository: string;
  readonly image: string;
};

type Arrival = { readonly sorted: Float64Array; readonly busySeconds: number };

const HERTZ = 100;
const IDLE_COLUMNS = new Set([3, 4]);

/** Processor time that the whole machine has spent. */
const readBusySeconds = async (): Promise<number> => {
  const [line = ''] = (await readFile('/proc/stat', 'utf8')).split('\n');
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  return ticks.reduce((sum, tick, column) => (IDLE_COLUMNS.has(column) ? sum : sum + tick), 0) / HERTZ;
};

const letArrive = async (start: (index: number, signal: AbortSignal) => Promise<Start>): Promise<Arrival> => {
  const before = await readBusySeconds();
  const signal = AbortSignal.timeout(LIMIT_MS);
  const arriving = Array.from({ length: PEOPLE }, (_, index) => start(index, signal));
  const settled = await Promise.allSettled(arriving);
  const busySeconds = (await readBusySeconds()) - before;
  const starts = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw new Error(`${PEOPLE - starts.length} did not start`, { cause: failed.reason });
  return { sorted: Float64Array.from(starts.map(({ seconds }) => seconds)).sort(), busySeconds };
};

const letPlainArrive = async (image: string): Promise<Arrival> => {
  const nameOf = (index: number): string => `slipway-bench-${process.pid}-${index}`;
  try {
    return await letArrive((index, signal) => startPlainly(image, nameOf(index), { pauseMs: PAUSE_MS, signal }));
  } finally {
    await removeContainers(Array.from({ length: PEOPLE }, (_, index) => nameOf(index)));
  }
};

const letClick = async ({ url, repository }: CrowdPlace): Promise<Arrival> => {
  const containers: string[] = [];
  try {
    return await letArrive(async (_index, signal) => {
      const start = await startByLaunch(url, repository, signal);
      containers.push(start.container);
      return start;
    });
  } finally {
    await removeContainers(containers);
  }
};

const describe = ({ sorted, busySeconds }: Arrival): string => {
  const [p50, p95, last] = [0.5, 0.95, 1].map((part) => percentile(sorted, part).toFixed(1));
  return `p50 ${p50} s, p95 ${p95} s, last ${last} s, ${busySeconds.toFixed(0)} s of the processors`;
};

/** Sixty launches of one image at once beside sixty `docker run` of it, once; ends them all. */
export const measureCrowd = async (
  place: CrowdPlace,
  progress: (text: string) => void,
): Promise<readonly Measure[]> => {
  const plain = await letPlainArrive(place.image);
  progress(`${PEOPLE} docker run at once: ${describe(plain)}`);
  const clicked = await letClick(place);
  progress(`${PEOPLE} launches at once: ${describe(clicked)}`);
  const row = (name: string, part: number, targets: Measure['targets'] = []): Measure => ({
    name: `${PEOPLE} at once, ${name}`,
    peer: `${PEOPLE} × docker run`,
    peerSeconds: [percentile(plain.sorted, part)],
    ourSeconds: [percentile(clicked.sorted, part)],
    targets,
  });
  return [row('p50', 0.5), row('p95', 0.95), row('all ready', 1, [{ of: 'ratio', most: 1.2 }])];
};
