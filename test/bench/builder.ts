import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureTestBase } from '../support/base-image.ts';
import { connectTestEngine } from '../support/docker-engine.ts';
import { startGitServer } from '../support/git-server.ts';
import { measureBuilds, type BuildTimes } from './measure-builds.ts';
import type { Measure } from './measures.ts';
import { measurePlanCpu, writeLargeRepository } from './plan-cpu.ts';
import { runBench } from './run-bench.ts';

const progress = (text: string): void => void process.stderr.write(`${text}\n`);

const DOCKERFILE = 'plain pip Dockerfile';

const listMeasures = (builds: readonly BuildTimes[], plans: readonly number[]): readonly Measure[] => {
  const of = (name: keyof BuildTimes): readonly number[] => builds.map((times) => times[name]);
  const overhead = builds.map(({ notebook, layer }) => notebook - layer);
  return [
    {
      name: 'first build of numpy, pandas, matplotlib',
      peer: DOCKERFILE,
      peerSeconds: of('plainFirst'),
      ourSeconds: of('first'),
      targets: [{ of: 'ratio', most: 0.35 }],
    },
    {
      name: 'the same, another repository had them',
      peer: DOCKERFILE,
      peerSeconds: of('plainFirst'),
      ourSeconds: of('known'),
      targets: [{ of: 'ratio', most: 0.35 }],
    },
    {
      name: 'one package added',
      peer: DOCKERFILE,
      peerSeconds: of('plainAdded'),
      ourSeconds: of('added'),
      targets: [{ of: 'ratio', most: 0.2 }],
    },
    {
      name: 'commit that changes a notebook',
      peer: 'full build, plain',
      peerSeconds: of('plainFirst'),
      ourSeconds: of('notebook'),
      targets: [
        { of: 'seconds', most: 1 },
        { of: 'ratio', most: 0.05 },
      ],
    },
    {
      name: 'the same',
      peer: 'full build, ours',
      peerSeconds: of('first'),
      ourSeconds: of('notebook'),
      targets: [],
    },
    {
      name: 'the same',
      peer: 'docker build, cached',
      peerSeconds: of('plainNotebook'),
      ourSeconds: of('notebook'),
      targets: [],
    },
    {
      name: 'overhead when everything is cached',
      peer: 'layer by the engine',
      peerSeconds: of('layer'),
      ourSeconds: overhead,
      targets: [{ of: 'seconds', most: 0.2 }],
    },
    {
      name: 'slipway plan of 5,000 files, CPU',
      peer: '',
      peerSeconds: [],
      ourSeconds: plans,
      targets: [{ of: 'seconds', most: 0.2 }],
    },
  ];
};

const describe = (number: number, runs: number, times: BuildTimes): string => {
  const shown = Object.entries(times).map(([name, seconds]) => `${name} ${seconds.toFixed(2)}`);
  return `run ${number} of ${runs}: ${shown.join(', ')}`;
};

const measurePlans = async (directory: string, runs: number): Promise<readonly number[]> => {
  await writeLargeRepository(directory);
  await measurePlanCpu(directory); // The first start of a version compiles it.
  const plans: number[] = [];
  for (let run = 0; run < runs; run += 1) plans.push(await measurePlanCpu(directory));
  progress(`slipway plan: ${plans.map((seconds) => seconds.toFixed(3)).join(', ')} s of CPU`);
  return plans;
};

const measure = async (runs: number): Promise<readonly Measure[]> => {
  const engine = connectTestEngine();
  const temporary = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  await using server = await startGitServer();
  try {
    progress('Making the base image, unless it is there…');
    const base = await ensureTestBase(engine);
    const plans = await measurePlans(join(temporary, 'large'), runs);
    const builds: BuildTimes[] = [];
    for (let run = 1; run <= runs; run += 1) {
      const times = await measureBuilds({ engine, server, base, temporary }, run);
      progress(describe(run, runs, times));
      builds.push(times);
    }
    return listMeasures(builds, plans);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
};

await runBench(measure);
