import type { BuildStep } from '../../../services/contracts/launch-event.ts';
import { formatSeconds } from '../launch/format-seconds.ts';
import { Icon } from './icon.tsx';

// Enough to see what goes on; the log has them all.
const SHOWN = 5;

const describe = ({ status, seconds }: BuildStep): string => {
  if (status === 'started') return 'running';
  if (status === 'cached') return 'cached';
  if (status === 'failed') return 'failed';
  return seconds === undefined ? 'done' : formatSeconds(seconds);
};

/** The latest steps of the build; nothing before the first. */
export const BuildSteps = ({ steps }: { readonly steps: readonly BuildStep[] }) => {
  if (steps.length === 0) return null;
  const earlier = Math.max(0, steps.length - SHOWN);
  return (
    <ul class="steps" aria-label="Steps of the build">
      {earlier > 0 && <li class="step-earlier">{`${earlier} earlier ${earlier === 1 ? 'step' : 'steps'}`}</li>}
      {steps.slice(earlier).map((step) => (
        <li key={step.name} class={`step step-${step.status}`}>
          <span class="step-sign">
            {step.status !== 'started' && <Icon name={step.status === 'failed' ? 'cross' : 'check'} />}
          </span>
          <span class="step-name">{step.name}</span> <span class="step-note">{describe(step)}</span>
        </li>
      ))}
    </ul>
  );
};
