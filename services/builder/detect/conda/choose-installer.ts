import type { CondaSolve } from '../../../contracts/build-plan.ts';
import { orderChannels } from './conda-channels.ts';
import { hasBuild, renderCondaPackage, type CondaPackage } from './conda-package.ts';
import { choosePython, parsePythonSpec } from './conda-python.ts';
import type { CondaContext } from './conda-source.ts';
import { createDetectError, quoteText, type DetectCode } from '../detect-error.ts';

/** Packages that a file asks for without saying which build of them. */
export type Wanted = {
  readonly file: string;
  readonly packages: readonly CondaPackage[];
  /** As the file lists them; `defaults` and `nodefaults` are not resolved yet. */
  readonly channels: readonly string[];
  /** Of the error when Python cannot be had. */
  readonly code: DetectCode;
};

export type Chosen = { readonly python: string; readonly because: string; readonly conda?: CondaSolve };

const DEFAULT_CHANNELS: readonly string[] = ['conda-forge'];

const choosePlainPython = ({ file, packages, code }: Wanted, { pythons, defaultPython }: CondaContext): Chosen => {
  const wanted = packages.find(({ name }) => name === 'python');
  if (wanted === undefined || wanted.spec.trim() === '')
    return { python: defaultPython, because: `it names no Python version, so ${defaultPython} is used` };
  const spec = parsePythonSpec(wanted.spec);
  const python = spec === undefined ? undefined : choosePython(spec, pythons);
  if (python !== undefined) return { python, because: `${wanted.text} is satisfied by Python ${python}` };
  const problem = spec === undefined ? 'does not name versions of Python' : 'is not available';
  throw createDetectError(code, {
    file,
    line: wanted.line,
    problem: `${quoteText(wanted.text)} ${problem}; this server has ${pythons.map((one) => `python=${one}`).join(', ')}.`,
    ...(spec === undefined ? {} : { hint: 'Name one of them; the operator can offer others (base.pythons).' }),
  });
};

const explainBuilds = (packages: readonly CondaPackage[]): string => {
  const lines = packages.filter(hasBuild).map(({ line }) => line);
  if (lines.length === 0) return '';
  const places = lines.length === 1 ? `line ${lines[0]}` : `lines ${lines[0]} to ${lines.at(-1)}`;
  return `; ${places} of it may name a build, which fits one platform only`;
};

/**
 * Conda comes into it only for packages that nothing else has: Python and pip alone are those of the server. Throws
 * the code of `wanted` where no Python of the server fits.
 */
export const chooseInstaller = (wanted: Wanted, context: CondaContext): Chosen => {
  const { file, packages } = wanted;
  const isPlain = ({ name, file: address }: CondaPackage) =>
    (name === 'python' || name === 'pip') && address === undefined;
  if (packages.every(isPlain)) return choosePlainPython(wanted, context);
  const { defaultPython: python, condaChannels: operator = DEFAULT_CHANNELS } = context;
  const named = packages.flatMap(({ channel }) => (channel === undefined || channel === 'defaults' ? [] : [channel]));
  const { channels, hasDefaults } = orderChannels(wanted.channels, named, operator);
  const stands = hasDefaults ? `; on this server defaults is ${operator.join(', ')}` : '';
  const because = `it names conda packages; channels in order: ${channels.join(', ')}${stands}${explainBuilds(packages)}`;
  const specs = packages.map((one) => ({ text: renderCondaPackage(one), line: one.line }));
  return { python, because, conda: { kind: 'solve', file, channels, specs } };
};
