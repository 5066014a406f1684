import { withoutPatch } from '../detect/python/offered-pythons.ts';
import { shellQuote } from '../dockerfile/shell-quote.ts';

/** Where a base gets its Python. */
export type BasePythonInput = {
  /** x.y or x.y.z */
  readonly python: string;
  /** Whether it is the Python of the system below; otherwise uv installs a build. */
  readonly hasSystemPython: boolean;
  /** Addresses for uv; '' for its own. */
  readonly pythonMirror: string;
  readonly pythonDownloads: string;
};

/** Builds of uv can stand anywhere; this place is no user's, and all can read it. */
const DIRECTORY = '/opt/python';

/** The program, for a shell: a build's directory has the full version in its name, and there is one. */
export const pythonProgram = ({ python, hasSystemPython }: BasePythonInput): string =>
  hasSystemPython ? 'python3' : `${DIRECTORY}/cpython-${withoutPatch(python)}.*/bin/python${withoutPatch(python)}`;

/** A command that fails when the Python there is not the one that was asked for. */
export const checkPython = (input: BasePythonInput): string => {
  const numbers = input.python.split('.');
  const script = `import sys; sys.exit(sys.version_info[:${numbers.length}] != (${numbers.join(', ')}))`;
  return `${pythonProgram(input)} -c '${script}'`;
};

/** Commands that install a build of Python, with a uv that does not stay; the base's own comes later. */
export const installPython = ({ python, pythonMirror, pythonDownloads }: BasePythonInput): readonly string[] => {
  const sources = [
    ...(pythonMirror === '' ? [] : [`UV_PYTHON_INSTALL_MIRROR=${shellQuote(pythonMirror)}`]),
    ...(pythonDownloads === '' ? [] : [`UV_PYTHON_DOWNLOADS_JSON_URL=${shellQuote(pythonDownloads)}`]),
  ];
  const tool = '/tmp/uv';
  const install = `${tool}/bin/uv python install --no-config --no-cache --no-bin --compile-bytecode`;
  return [
    ...(sources.length === 0 ? [] : [`export ${sources.join(' ')}`]),
    `python3 -m venv ${tool}`,
    `${tool}/bin/pip install --quiet --disable-pip-version-check "$(grep '^uv==' /srv/slipway/base-requirements.txt)"`,
    `${install} --install-dir ${DIRECTORY} ${python}`,
    `rm -rf ${tool} ${DIRECTORY}/.[a-z]*`,
  ];
};
