import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export type MetricSpec = {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Labels of few values only: never a repository, an address or an id. */
  readonly labels: readonly string[];
  /** Upper bounds in seconds. */
  readonly buckets?: readonly number[];
};

const LAUNCH_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600];
const LOOKUP_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];
const BUILD_BUCKETS = [1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200];

/** Every metric of the launcher; docs/reference/metrics.md is generated from it. BinderHub's names where it has one. */
export const METRICS = [
  {
    name: 'binderhub_build_time_seconds',
    type: 'histogram',
    help: 'Time that a launch waited for its build, until success or failure.',
    labels: ['status'],
    buckets: BUILD_BUCKETS,
  },
  {
    name: 'binderhub_launch_time_seconds',
    type: 'histogram',
    help: 'Time from the image being there until the session answered, or failed to.',
    labels: ['status', 'retries'],
    buckets: LAUNCH_BUCKETS,
  },
  {
    name: 'binderhub_build_count_total',
    type: 'counter',
    help: 'Launches that needed a build, by how the build ended.',
    labels: ['status', 'provider'],
  },
  {
    name: 'binderhub_launch_count_total',
    type: 'counter',
    help: 'Sessions that were started, or failed to start.',
    labels: ['status', 'provider'],
  },
  { name: 'binderhub_inprogress_builds', type: 'gauge', help: 'Builds that run now.', labels: [] },
  { name: 'binderhub_inprogress_launches', type: 'gauge', help: 'Launches that run now.', labels: [] },
  {
    name: 'binderhub_github_rate_limit_remaining',
    type: 'gauge',
    help: 'Requests that GitHub still allows, as its last answer said.',
    labels: [],
  },
  {
    name: 'slipway_repository_lookup_seconds',
    type: 'histogram',
    help: 'Time that a repository host took to name a commit; outcome is found or an error code, REPO_RATE_LIMITED among them.',
    labels: ['provider', 'outcome'],
    buckets: LOOKUP_BUCKETS,
  },
  {
    name: 'slipway_launch_seconds',
    type: 'histogram',
    help: 'Time from the click until ready or failed; cache says whether the image was found or built.',
    labels: ['outcome', 'cache'],
    buckets: LAUNCH_BUCKETS,
  },
  {
    name: 'slipway_phase_seconds',
    type: 'histogram',
    help: 'Time that launches spent waiting, fetching, building and launching, told when the launch is over.',
    labels: ['phase', 'outcome', 'cache'],
    buckets: LAUNCH_BUCKETS,
  },
  {
    name: 'slipway_oldest_launch_seconds',
    type: 'gauge',
    help: 'Age of the oldest launch that runs now; 0 when there is none.',
    labels: [],
  },
  {
    name: 'slipway_launch_failures_total',
    type: 'counter',
    help: 'Failed launches by error code.',
    labels: ['code'],
  },
  {
    name: 'slipway_waiting_launches',
    type: 'gauge',
    help: 'Launches that wait for a place, because quotas are used up.',
    labels: [],
  },
  { name: 'slipway_queued_builds', type: 'gauge', help: 'Builds that wait for a worker.', labels: [] },
  {
    name: 'slipway_sessions_ended_total',
    type: 'counter',
    help: 'Sessions that are over, by the error code that says why.',
    labels: ['code'],
  },
  { name: 'slipway_sessions', type: 'gauge', help: 'Sessions that run now.', labels: [] },
  { name: 'slipway_pool_sessions', type: 'gauge', help: 'Sessions that wait for visitors.', labels: [] },
  {
    name: 'slipway_pool_claims_total',
    type: 'counter',
    help: 'Launches that found a waiting session (hit), or had to start one (miss).',
    labels: ['outcome'],
  },
  { name: 'slipway_event_streams', type: 'gauge', help: 'Event streams that are open.', labels: [] },
  {
    name: 'slipway_http_requests_total',
    type: 'counter',
    help: 'Answers of the control listener, by route pattern and status.',
    labels: ['route', 'status'],
  },
] as const satisfies readonly MetricSpec[];

type Spec = (typeof METRICS)[number];
type Named<Type extends MetricSpec['type']> = Extract<Spec, { type: Type }>;
type LabelsOf<Name extends Spec['name']> = Readonly<
  Record<Extract<Spec, { name: Name }>['labels'][number], string | number>
>;

export type Metrics = {
  count<Name extends Named<'counter'>['name']>(name: Name, labels: LabelsOf<Name>): void;
  set(name: Named<'gauge'>['name'], value: number): void;
  add(name: Named<'gauge'>['name'], difference: number): void;
  observe<Name extends Named<'histogram'>['name']>(name: Name, seconds: number, labels: LabelsOf<Name>): void;
  readonly contentType: string;
  /** Everything in the Prometheus text format. */
  render(): Promise<string>;
};

const register = (registry: Registry, type: MetricSpec['type'], specs: readonly MetricSpec[]) =>
  specs
    .filter((spec) => spec.type === type)
    .map(({ name, help, labels, buckets }) => ({
      name,
      help,
      labelNames: [...labels],
      registers: [registry],
      ...(buckets === undefined ? {} : { buckets: [...buckets] }),
    }));

const byName = <Metric>(entries: readonly (readonly [string, Metric])[]) => {
  const metrics = new Map(entries);
  return (name: string): Metric => {
    const metric = metrics.get(name);
    if (metric === undefined) throw new Error(`${name} is not in METRICS`);
    return metric;
  };
};

/** The metrics of one process, with those of Node itself. */
export const createMetrics = (): Metrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counter = byName(register(registry, 'counter', METRICS).map((spec) => [spec.name, new Counter(spec)]));
  const gauge = byName(register(registry, 'gauge', METRICS).map((spec) => [spec.name, new Gauge(spec)]));
  const histogram = byName(register(registry, 'histogram', METRICS).map((spec) => [spec.name, new Histogram(spec)]));
  return {
    count: (name, labels) => counter(name).inc(labels),
    set: (name, value) => gauge(name).set(value),
    add: (name, difference) => gauge(name).inc(difference),
    observe: (name, seconds, labels) => histogram(name).observe(labels, seconds),
    contentType: registry.contentType,
    render: () => registry.metrics(),
  };
};
