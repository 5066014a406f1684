import type { ContainerInspectInfo } from 'dockerode';
import type { Session, SessionEnd } from '../../contracts/session.ts';
import { SESSION_PORT } from './session-command.ts';
import { parseSessionLabels } from './session-labels.ts';

/** A container that was made and not started for so long was left behind by a process that was killed. */
const START_GAP_MS = 60_000;

type State = ContainerInspectInfo['State'];
type Sighting = {
  readonly network: string;
  readonly now: number;
  /** Whether the engine was seen to be away at that time. */
  readonly wasEngineAway?: ((at: number) => boolean) | undefined;
};

/** The engine remembers any process that ran out of memory; a clean exit later was not because of it. */
const endCode = (state: State, wasEngineAway: boolean): SessionEnd['code'] => {
  if (state.Status === 'created') return 'SESSION_START_FAILED';
  if (state.OOMKilled && state.ExitCode !== 0) return 'SESSION_MEMORY_EXCEEDED';
  return wasEngineAway ? 'SESSION_ENGINE_STOPPED' : 'SESSION_EXITED';
};

const makeState = (inspected: ContainerInspectInfo, sighting: Sighting): Session['state'] | undefined => {
  const { State: state, NetworkSettings: settings } = inspected;
  const { network, now, wasEngineAway } = sighting;
  const host = settings.Networks[network]?.IPAddress ?? '';
  if (state.Running) return host === '' ? undefined : { kind: 'running', address: { host, port: SESSION_PORT } };
  if (state.Status === 'created' && now - Date.parse(inspected.Created) < START_GAP_MS) return undefined;
  const finished = Date.parse(state.FinishedAt);
  const at = finished > 0 ? finished : now;
  return { kind: 'ended', end: { code: endCode(state, wasEngineAway?.(at) ?? false), at } };
};

/**
 * Reads a session from what the engine says about its container; `network` names the sessions' own network.
 * Undefined while the container is between being made and being started.
 */
export const readContainerSession = (inspected: ContainerInspectInfo, sighting: Sighting): Session | undefined => {
  const state = makeState(inspected, sighting);
  if (state === undefined) return undefined;
  const spec = parseSessionLabels(inspected.Config.Labels, inspected.Config.Image);
  return { spec, startedAt: Date.parse(inspected.Created), state };
};
