import type { BuildEvent } from '../contracts/build.ts';
import { reportToTerminal, type Report } from './report.ts';

type Phase = BuildEvent['phase'] | 'running' | 'failed';

/** Where the log of a build goes: text for people, or with `--json-logs` one object a line, as repo2docker has it. */
export type BuildLog = {
  event(event: BuildEvent): void;
  /** A reporter whose lines belong to one phase. */
  reportAs(phase: Phase): Report;
};

const writeJson = (message: string, phase: Phase): void => {
  process.stderr.write(`${JSON.stringify({ message: `${message.trimEnd()}\n`, phase })}\n`);
};

/** Makes the log of one build on standard error. */
export const createBuildLog = (json: boolean): BuildLog => ({
  event: ({ message, phase }) => (json ? writeJson(message, phase) : reportToTerminal(message)),
  reportAs: (phase) => (json ? (line) => writeJson(line, phase) : reportToTerminal),
});
