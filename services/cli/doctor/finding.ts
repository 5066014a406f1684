/** What was found of one part of the installation. */
export type Finding = {
  readonly part: string;
  /** `warning`: it works, and somebody should know; `untried`: something else is needed for it first. */
  readonly state: 'ok' | 'warning' | 'failed' | 'untried';
  readonly said: string;
  /** What to do about it. */
  readonly todo?: string;
};

export const ok = (part: string, said: string): Finding => ({ part, state: 'ok', said });
export const warn = (part: string, said: string, todo: string): Finding => ({ part, state: 'warning', said, todo });
export const fail = (part: string, said: string, todo: string): Finding => ({ part, state: 'failed', said, todo });
export const untried = (part: string, said: string): Finding => ({ part, state: 'untried', said });

const MARKS: Readonly<Record<Finding['state'], string>> = {
  ok: 'ok     ',
  warning: 'warning',
  failed: 'FAILED ',
  untried: 'untried',
};

/** Findings for a person: a line each, and below it what to do. */
export const renderFindings = (findings: readonly Finding[]): string =>
  findings
    .flatMap(({ part, state, said, todo }) => [
      `${MARKS[state]}  ${part}: ${said}`,
      ...(todo === undefined ? [] : [`         → ${todo}`]),
    ])
    .map((line) => `${line}\n`)
    .join('');
