import type { Stage, StageName, Stages } from '../launch/stages.ts';
import { STAGE_NAMES } from '../launch/stages.ts';
import { formatSeconds } from '../launch/format-seconds.ts';
import { Icon, type IconName } from './icon.tsx';

const LABELS: Readonly<Record<StageName, string>> = {
  lookup: 'Look up',
  build: 'Build',
  start: 'Start',
  ready: 'Ready',
};

const ICONS: Readonly<Record<Stage['status'], IconName | undefined>> = {
  pending: undefined,
  active: undefined,
  done: 'check',
  skipped: 'dash',
  failed: 'cross',
};

const describe = (name: StageName, { status, seconds }: Stage): string => {
  switch (status) {
    case 'pending':
      return 'not yet';
    case 'active':
      return 'at work';
    case 'skipped':
      return name === 'build' ? 'image found' : 'not needed';
    case 'failed':
      return 'failed';
    case 'done':
      return seconds === undefined ? 'done' : formatSeconds(seconds);
    default:
      return status satisfies never;
  }
};

const StageItem = ({ name, stage }: { readonly name: StageName; readonly stage: Stage }) => {
  const icon = ICONS[stage.status];
  return (
    <li class={`stage stage-${stage.status}`} aria-current={stage.status === 'active' ? 'step' : undefined}>
      <span class="stage-dot">{icon && <Icon name={icon} />}</span>
      <span class="stage-name">{LABELS[name]}</span> <span class="stage-note">{describe(name, stage)}</span>
    </li>
  );
};

/** The stages of a launch with how far each is. */
export const StageList = ({ stages }: { readonly stages: Stages }) => (
  <ol class="stages" aria-label="Stages of the launch">
    {STAGE_NAMES.map((name) => (
      <StageItem key={name} name={name} stage={stages[name]} />
    ))}
  </ol>
);
