import { createDetectError, quoteText } from './detect-error.ts';

export type RuntimeOptions = {
  readonly file: string;
  /** Supported Python versions, x.y. */
  readonly pythons: readonly string[];
  readonly defaultPython: string;
};

export type Runtime = {
  /** x.y; undefined when any will do. */
  readonly python?: string;
  /** yyyy-mm-dd */
  readonly asOf?: string;
  readonly because: string;
};

const PYTHON = /^python(?:-(?<version>\d+\.\d+|3)(?<patch>\.\d+)?)?(?:-(?<date>\d{4}-\d{2}-\d{2}))?$/;
const OTHER_LANGUAGE = /^(?!python-)[a-z]+(?:-\d+(?:\.\d+)*)?(?:-\d{4}-\d{2}-\d{2})?$/;

const example = ({ defaultPython }: RuntimeOptions): string => `Write one line: python-${defaultPython}`;

const explain = (text: string, options: RuntimeOptions) => {
  const { file, pythons } = options;
  const supported = pythons.map((python) => `python-${python}`).join(', ');
  const isPython = PYTHON.test(text) && text !== 'python';
  if (isPython || (OTHER_LANGUAGE.test(text) && text.includes('-')))
    return createDetectError('DETECT_RUNTIME_UNSUPPORTED', {
      file,
      problem: `${text} is not ${isPython ? 'available' : 'Python'}; this server has ${supported}.`,
      hint: example(options),
    });
  const problem = text === '' ? 'the file is empty.' : `${quoteText(text)} does not name a runtime.`;
  return createDetectError('DETECT_RUNTIME_INVALID', { file, problem, hint: example(options) });
};

const isDay = (date: string): boolean => {
  const time = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
};

const describe = (version: string, patch: string): string => {
  if (version === '' || version === '3') return 'it asks for any Python 3';
  if (patch === '') return `it asks for Python ${version}`;
  return `it asks for Python ${version}${patch}; the newest ${version} of this server is used`;
};

/**
 * Reads runtime.txt: `python-x.y`, `python-x.y.z` (the patch version is the server's) or `python-3`, each with a day
 * behind it (`python-3.13-2024-01-10`), or the day alone (`python-2024-01-10`). Throws DETECT_RUNTIME_UNSUPPORTED for
 * a runtime that is known but not here, else DETECT_RUNTIME_INVALID.
 */
export const parseRuntimeTxt = (text: string, options: RuntimeOptions): Runtime => {
  const line = text.trim();
  const found = PYTHON.exec(line)?.groups;
  const { version = '', patch = '', date } = found ?? {};
  const isAny = version === '3' || (version === '' && date !== undefined);
  if (found === undefined || !(isAny || options.pythons.includes(version))) throw explain(line, options);
  const { file } = options;
  if (date !== undefined && !isDay(date))
    throw createDetectError('DETECT_RUNTIME_INVALID', { file, problem: `${date} is not a day of the calendar.` });
  const dated = date === undefined ? '' : `, with packages as of ${date}`;
  return {
    ...(isAny ? {} : { python: version }),
    ...(date === undefined ? {} : { asOf: date }),
    because: `${describe(version, patch)}${dated}`,
  };
};
