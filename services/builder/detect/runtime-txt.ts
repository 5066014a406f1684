import { OFFERED_PYTHON } from '../../contracts/settings/base.ts';
import { createDetectError, quoteText } from './detect-error.ts';
import { findMinor, withoutPatch } from './python/offered-pythons.ts';

export type RuntimeOptions = {
  readonly file: string;
  /** Offered Python versions, x.y or x.y.z. */
  readonly pythons: readonly string[];
  readonly defaultPython: string;
};

export type Runtime = {
  /** One of those that are offered; undefined when any will do. */
  readonly python?: string;
  /** yyyy-mm-dd */
  readonly asOf?: string;
  readonly because: string;
};

const PYTHON = /^python(?:-(?<version>\d+\.\d+|3)(?<patch>\.\d+)?)?(?:-(?<date>\d{4}-\d{2}-\d{2}))?$/;
const OTHER_LANGUAGE = /^(?!python-)[a-z]+(?:-\d+(?:\.\d+)*)?(?:-\d{4}-\d{2}-\d{2})?$/;

const example = ({ defaultPython }: RuntimeOptions): string => `Write one line: python-${defaultPython}`;

const JULIA_HINT = 'Name the version of Julia in Project.toml: julia = "1.10" below [compat].';

const CAN_BE_OFFERED = new RegExp(OFFERED_PYTHON);

/** An operator is told how only where it would help. */
const suggest = (version: string, options: RuntimeOptions): string =>
  CAN_BE_OFFERED.test(version)
    ? `${example(options)}. The operator can offer ${version} (base.pythons).`
    : example(options);

const explain = (text: string, options: RuntimeOptions) => {
  const { file, pythons } = options;
  const supported = pythons.map((python) => `python-${python}`).join(', ');
  const isPython = PYTHON.test(text) && text !== 'python';
  const version = PYTHON.exec(text)?.groups?.['version'] ?? '';
  if (isPython || (OTHER_LANGUAGE.test(text) && text.includes('-')))
    return createDetectError('DETECT_RUNTIME_UNSUPPORTED', {
      file,
      problem: `${text} is ${isPython ? 'not available' : 'neither Python nor R'}; this server has ${supported}.`,
      hint: text.startsWith('julia-') ? JULIA_HINT : suggest(version, options),
    });
  const problem = text === '' ? 'the file is empty.' : `${quoteText(text)} does not name a runtime.`;
  return createDetectError('DETECT_RUNTIME_INVALID', { file, problem, hint: example(options) });
};

const isDay = (date: string): boolean => {
  const time = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
};

const describe = (wanted: string, python: string): string => {
  if (wanted === '' || wanted === '3') return 'it asks for any Python 3';
  if (wanted === python) return `it asks for Python ${wanted}`;
  const used = python === withoutPatch(python) ? `the newest ${python} of this server` : `Python ${python}`;
  return `it asks for Python ${wanted}; ${used} is used`;
};

/**
 * Reads runtime.txt: `python-x.y`, `python-x.y.z` (exactly that where it is offered, else the server's patch version)
 * or `python-3`, each with a day behind it (`python-3.13-2024-01-10`), or the day alone (`python-2024-01-10`). Throws
 * DETECT_RUNTIME_UNSUPPORTED for a runtime that is known but not here, else DETECT_RUNTIME_INVALID.
 */
export const parseRuntimeTxt = (text: string, options: RuntimeOptions): Runtime => {
  const line = text.trim();
  const found = PYTHON.exec(line)?.groups;
  const { version = '', patch = '', date } = found ?? {};
  const { file, pythons } = options;
  const isAny = version === '3' || (version === '' && date !== undefined);
  const wanted = `${version}${patch}`;
  const python = pythons.includes(wanted) ? wanted : findMinor(pythons, version);
  if (found === undefined || !(isAny || python !== undefined)) throw explain(line, options);
  if (date !== undefined && !isDay(date))
    throw createDetectError('DETECT_RUNTIME_INVALID', { file, problem: `${date} is not a day of the calendar.` });
  const dated = date === undefined ? '' : `, with packages as of ${date}`;
  return {
    ...(isAny || python === undefined ? {} : { python }),
    ...(date === undefined ? {} : { asOf: date }),
    because: `${describe(wanted, python ?? '')}${dated}`,
  };
};
