import { ERRORS } from '../../contracts/errors.ts';
import type { ErrorSpec } from '../../contracts/errors/error-spec.ts';

const STAGES: Readonly<Record<string, string>> = {
  REPO: 'Finding the repository',
  FETCH: 'Downloading it',
  DETECT: 'Reading its configuration files',
  BUILD: 'Building the image',
  IMAGE: 'Looking images up',
  SESSION: 'The session',
  PROXY: 'Reaching the session',
  LIMIT: 'Being let in',
  LAUNCH: 'The launch as a whole',
  CONFIG: 'Starting Slipway',
};

const AUDIENCES = { visitor: 'the visitor', author: 'the author of the repository', operator: 'the operator' } as const;

const renderError = ([code, spec]: [string, ErrorSpec]): string =>
  [
    `### ${code}`,
    spec.message,
    `**What to do next:** ${spec.hint}`,
    `HTTP status ${spec.status}; for ${AUDIENCES[spec.audience]}; ${spec.retry ? 'trying again later may help' : 'trying again changes nothing'}.`,
  ].join('\n\n');

const renderStage = (prefix: string): string => {
  const errors = Object.entries(ERRORS).filter(([code]) => code.startsWith(`${prefix}_`));
  return [`## ${STAGES[prefix] ?? prefix}`, ...errors.map(renderError)].join('\n\n');
};

/** The page of all error codes, by the stage they end. */
export const renderErrorsPage = (): string => {
  const prefixes = [...new Set(Object.keys(ERRORS).map((code) => code.slice(0, code.indexOf('_'))))];
  const intro =
    'Every failure has a code. The first word is the stage that failed. A message may say it more precisely than here.';
  return `${['# Error codes', intro, ...prefixes.map(renderStage)].join('\n\n')}\n`;
};
