/** The Python versions that a base can have, and the Debian release that brings each. */
export const PYTHON_SUITES = {
  '3.13': 'trixie',
  '3.11': 'bookworm',
} as const satisfies Record<string, string>;

export type BasePython = keyof typeof PYTHON_SUITES;

/** Every Python version that there is a base for. */
export const BASE_PYTHONS = Object.keys(PYTHON_SUITES) as readonly BasePython[];

export const isBasePython = (python: string): python is BasePython => Object.hasOwn(PYTHON_SUITES, python);
