export const STAGE_NAMES = ['lookup', 'build', 'start', 'ready'] as const;
export type StageName = (typeof STAGE_NAMES)[number];

/** One stage of a launch; times are the server's clock in milliseconds. */
export type Stage = {
  readonly status: 'pending' | 'active' | 'done' | 'skipped' | 'failed';
  readonly startedAt?: number;
  readonly seconds?: number;
};

export type Stages = Readonly<Record<StageName, Stage>>;

const PENDING: Stage = { status: 'pending' };

export const STAGES_PENDING: Stages = { lookup: PENDING, build: PENDING, start: PENDING, ready: PENDING };

const end = (stage: Stage, status: 'done' | 'failed', at: number): Stage => ({
  ...stage,
  status,
  ...(stage.startedAt !== undefined && { seconds: Math.max(0, at - stage.startedAt) / 1000 }),
});

const pass = (stage: Stage, at: number): Stage => {
  if (stage.status === 'pending') return { status: 'skipped' };
  return stage.status === 'active' ? end(stage, 'done', at) : stage;
};

/** The stage that is at work; undefined before the first event and after the last. */
export const activeStage = (stages: Stages): StageName | undefined =>
  STAGE_NAMES.find((name) => stages[name].status === 'active');

const mapStages = (stages: Stages, change: (stage: Stage, index: number) => Stage): Stages => {
  const [lookup, build, start, ready] = STAGE_NAMES;
  return {
    lookup: change(stages[lookup], 0),
    build: change(stages[build], 1),
    start: change(stages[start], 2),
    ready: change(stages[ready], 3),
  };
};

/** Makes a stage the active one and ends or skips those before it; a stage once passed is not entered again. */
export const advanceStages = (stages: Stages, to: StageName, at: number): Stages => {
  const target = STAGE_NAMES.indexOf(to);
  if (stages[to].status !== 'pending') return stages;
  return mapStages(stages, (stage, index) => {
    if (index < target) return pass(stage, at);
    return index === target ? { status: 'active', startedAt: at } : stage;
  });
};

/** Ends all stages in success. */
export const finishStages = (stages: Stages, at: number): Stages => ({
  ...mapStages(stages, (stage) => pass(stage, at)),
  ready: { status: 'done' },
});

/** Marks the stage at work as the one that failed; without one, the first. */
export const failStage = (stages: Stages, at: number): Stages => {
  const failed = STAGE_NAMES.indexOf(activeStage(stages) ?? 'lookup');
  return mapStages(stages, (stage, index) => (index === failed ? end(stage, 'failed', at) : stage));
};
