import { satisfies, validRange } from '@renovatebot/pep440';
import type { Evidence } from '../../../contracts/build-plan.ts';
import { findConfigFile } from '../config-file.ts';
import { decodeText } from '../decode-text.ts';
import { createDetectError, quoteText } from '../detect-error.ts';
import type { RepositoryFiles } from '../repository-files.ts';
import { isRuntimeR } from '../r/runtime-r.ts';
import { parseRuntimeTxt } from '../runtime-txt.ts';
import { listFitting, minorOf, versionsOf } from './offered-pythons.ts';

export type PythonContext = {
  readonly files: RepositoryFiles;
  /** Where configuration files are looked for. */
  readonly directory: string;
  /** Offered Python versions, x.y or x.y.z. */
  readonly pythons: readonly string[];
  readonly defaultPython: string;
};

/** What a project file or a lock asks of the Python version: any of `ranges`, each as in requires-python. */
export type PythonWish = {
  readonly file: string;
  readonly line?: number;
  readonly text: string;
  readonly ranges: readonly string[];
  /** The x.y.z that is taken when it is offered. */
  readonly exact?: string;
  /** Whether it decides even against runtime.txt. */
  readonly decides?: boolean;
};

export type PythonChoice = {
  readonly python: string;
  readonly asOf?: string;
  readonly evidence: readonly Evidence[];
};

const MAX_LENGTH = 200;

const isAllowed = (version: string, { ranges }: PythonWish): boolean =>
  ranges.some((range) => range === '' || satisfies(version, range));

const checkWish = ({ file, line, text, ranges }: PythonWish): void => {
  if (text.length <= MAX_LENGTH && ranges.every((range) => range === '' || validRange(range))) return;
  throw createDetectError('DETECT_PROJECT_INVALID', {
    file,
    ...(line === undefined ? {} : { line }),
    problem: `${quoteText(text)} does not name versions of Python.`,
    hint: 'Write a range such as >=3.11.',
  });
};

/**
 * The default where it fits, else what is nearest to it, the older of two: later versions of Python then change
 * nothing.
 */
const chooseNearest = (wish: PythonWish, { pythons, defaultPython }: PythonContext): string => {
  if (wish.exact !== undefined && pythons.includes(wish.exact)) return wish.exact;
  const distance = (python: string) => Math.abs(minorOf(python) - minorOf(defaultPython));
  const fitting = listFitting(pythons, (version) => isAllowed(version, wish));
  const [nearest] = fitting.toSorted((a, b) => distance(a) - distance(b) || minorOf(a) - minorOf(b));
  if (nearest !== undefined) return nearest;
  throw createDetectError('DETECT_PYTHON_UNSUPPORTED', {
    file: wish.file,
    ...(wish.line === undefined ? {} : { line: wish.line }),
    problem: `it asks for Python ${quoteText(wish.text)}; this server has ${pythons.join(', ')}.`,
    hint: 'Allow one of them; the operator can offer others (base.pythons).',
  });
};

const readRuntime = (context: PythonContext) => {
  const file = findConfigFile(context.files, context.directory, 'runtime.txt');
  if (file === undefined) return undefined;
  const text = decodeText(context.files.read(file), { file, otherwise: 'refuse' });
  return isRuntimeR(text.trim()) ? undefined : { file, ...parseRuntimeTxt(text, { ...context, file }) };
};

const checkAgreement = (python: string, runtime: string, wish: PythonWish): void => {
  if (versionsOf(python).some((version) => isAllowed(version, wish))) return;
  throw createDetectError('DETECT_PYTHON_UNSUPPORTED', {
    file: runtime,
    problem: `it asks for Python ${python}, but ${wish.file} needs ${quoteText(wish.text)}.`,
    hint: `Name a version that fits in ${runtime}, or remove the file.`,
  });
};

/**
 * The version of Python: runtime.txt decides, then what the project needs, then the default. Throws
 * DETECT_PYTHON_UNSUPPORTED when they disagree or nothing here fits, DETECT_RUNTIME_ and DETECT_PROJECT_INVALID errors.
 */
export const choosePythonVersion = (context: PythonContext, wish: PythonWish | undefined): PythonChoice => {
  const runtime = readRuntime(context);
  if (wish !== undefined) checkWish(wish);
  const evidence = runtime === undefined ? [] : [{ file: runtime.file, used: true, because: runtime.because }];
  const dated = runtime?.asOf === undefined ? {} : { asOf: runtime.asOf };
  if (runtime?.python !== undefined && wish?.decides !== true) {
    if (wish !== undefined) checkAgreement(runtime.python, runtime.file, wish);
    return { python: runtime.python, ...dated, evidence };
  }
  if (wish === undefined) return { python: context.defaultPython, ...dated, evidence };
  const python = chooseNearest(wish, context);
  const because = `it needs Python ${wish.text}, so ${python} is used`;
  return { python, ...dated, evidence: [...evidence, { file: wish.file, used: true, because }] };
};
