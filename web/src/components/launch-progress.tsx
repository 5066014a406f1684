import type { StateDescription } from '../launch/describe-state.ts';
import type { LaunchState } from '../launch/launch-state.ts';
import { type StageName, type Stages, STAGE_NAMES } from '../launch/stages.ts';
import { BuildSteps } from './build-steps.tsx';
import { ElapsedTime } from './elapsed-time.tsx';
import { SlipwayScene } from './slipway-scene.tsx';
import { StageList } from './stage-list.tsx';

type LaunchProgressProps = { readonly state: LaunchState; readonly description: StateDescription };

const furthestStage = (stages: Stages): StageName =>
  STAGE_NAMES.findLast((name) => stages[name].status !== 'pending') ?? 'lookup';

/** While the build says its steps, a line of its log would only flicker beside them. */
const readDetail = ({ stages, steps, detail }: LaunchState): string =>
  stages.build.status === 'active' && steps.length > 0 ? '' : detail;

/** How far the launch is: the ship, the stages, the headline and the build's steps. */
export const LaunchProgress = ({ state, description }: LaunchProgressProps) => {
  const detail = readDetail(state);
  return (
    <section class="progress" aria-label="Progress">
      <SlipwayScene at={furthestStage(state.stages)} tone={description.tone} />
      <StageList stages={state.stages} />
      <div class="headline-row">
        <div class="headline-text">
          <p class="headline" role="status">
            {description.headline}
          </p>
          {detail !== '' && <p class="detail">{detail}</p>}
        </div>
        <ElapsedTime running={description.tone === 'working'} />
      </div>
      <BuildSteps steps={state.steps} />
      <div role="status">
        {state.connection === 'lost' && state.outcome.kind === 'running' && (
          <p class="notice">
            {state.seq < 0
              ? 'The server does not answer. Trying again…'
              : 'Connection lost. Reconnecting… The launch goes on without this page.'}
          </p>
        )}
      </div>
    </section>
  );
};
