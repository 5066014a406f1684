import type { BuildEvent } from '../../contracts/build.ts';
import type { BuildStep } from '../../contracts/launch-event.ts';
import type { Clock } from '../../platform/clock.ts';
import type { ImageBuildMessage } from '../image/image-builder.ts';
import { makeStepName } from './step-name.ts';

/** A line for the log; `text` needs no line end. */
export const makeLine = (phase: BuildEvent['phase'], text: string, clock: Clock): BuildEvent => ({
  phase,
  message: `${text.replace(/\n$/, '')}\n`,
  at: clock.now(),
});

const describe = ({ name, status, seconds }: BuildStep): string => {
  switch (status) {
    case 'started':
      return name;
    case 'cached':
      return `${name}: done before`;
    case 'done':
      return seconds === undefined ? `${name}: done` : `${name}: done in ${seconds.toFixed(1)} s`;
    case 'failed':
      return `${name}: failed`;
  }
  return name;
};

/** What a running image build says, as an event of the launch. */
export const makeBuildingEvent = (
  message: Exclude<ImageBuildMessage, { kind: 'unseen' }>,
  clock: Clock,
): BuildEvent => {
  if (message.kind === 'line') return makeLine('building', message.text, clock);
  const step = { ...message.step, name: makeStepName(message.step.name) };
  return { ...makeLine('building', describe(step), clock), step };
};

/** Passes lines on as events of one phase and gives what the generator returns. */
export const asEvents = async function* <Result>(
  lines: AsyncGenerator<string, Result>,
  phase: BuildEvent['phase'],
  clock: Clock,
): AsyncGenerator<BuildEvent, Result> {
  try {
    for (;;) {
      const next = await lines.next();
      if (next.done === true) return next.value;
      yield makeLine(phase, next.value, clock);
    }
  } finally {
    await lines.return(undefined as never);
  }
};
