import { createDetectError, quoteText } from './detect-error.ts';

export type RuntimeOptions = {
  readonly file: string;
  /** Supported Python versions, x.y. */
  readonly pythons: readonly string[];
  readonly defaultPython: string;
};

export type Runtime = { readonly python: string; readonly because: string };

const PYTHON = /^python-(?<minor>\d+\.\d+)(?<patch>\.\d+)?$/;
const DATED = /^[a-z]+(?:-\d+(?:\.\d+)*)?-\d{4}-\d{2}-\d{2}$/;
const OTHER_LANGUAGE = /^(?!python-)[a-z]+-\d+(?:\.\d+)*$/;

const example = ({ defaultPython }: RuntimeOptions): string => `Write one line: python-${defaultPython}`;

const explain = (text: string, options: RuntimeOptions) => {
  const { file, pythons } = options;
  const supported = pythons.map((python) => `python-${python}`).join(', ');
  if (PYTHON.test(text))
    return createDetectError('DETECT_RUNTIME_UNSUPPORTED', {
      file,
      problem: `${text} is not available; this server has ${supported}.`,
      hint: example(options),
    });
  if (DATED.test(text))
    return createDetectError('DETECT_RUNTIME_UNSUPPORTED', {
      file,
      problem: `${text} asks for packages as of a day, which this server cannot do yet.`,
      hint: `${example(options)} and pin the versions in requirements.txt.`,
    });
  if (OTHER_LANGUAGE.test(text))
    return createDetectError('DETECT_RUNTIME_UNSUPPORTED', {
      file,
      problem: `${text} is not Python; this server has ${supported}.`,
      hint: example(options),
    });
  const problem = text === '' ? 'the file is empty.' : `${quoteText(text)} does not name a runtime.`;
  return createDetectError('DETECT_RUNTIME_INVALID', { file, problem, hint: example(options) });
};

/**
 * Reads runtime.txt: `python-x.y`, also `python-x.y.z` (the patch version is the server's) and `python-3`.
 * Throws DETECT_RUNTIME_UNSUPPORTED for a runtime that is known but not here, else DETECT_RUNTIME_INVALID.
 */
export const parseRuntimeTxt = (text: string, options: RuntimeOptions): Runtime => {
  const line = text.trim();
  if (line === 'python-3') return { python: options.defaultPython, because: 'it asks for any Python 3' };
  const { minor = '', patch = '' } = PYTHON.exec(line)?.groups ?? {};
  if (!options.pythons.includes(minor)) throw explain(line, options);
  if (patch === '') return { python: minor, because: `it asks for Python ${minor}` };
  return {
    python: minor,
    because: `it asks for Python ${minor}${patch}; the newest ${minor} of this server is used`,
  };
};
