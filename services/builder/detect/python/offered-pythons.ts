/**
 * Python versions as the server offers them: `x.y`, which has whatever patch version there is, or `x.y.z`, which is
 * exactly that.
 */
const LAST_PATCH = 30;

/** Patch versions that an x.y may have; only their existence matters, not which one is here. */
const PATCHES = Array.from({ length: LAST_PATCH + 1 }, (_, patch) => patch);

const numbersOf = (python: string): readonly number[] => python.split('.').map(Number);

const isExact = (python: string): boolean => numbersOf(python).length === 3;

/** The y of an x.y or x.y.z. */
export const minorOf = (python: string): number => numbersOf(python)[1] ?? 0;

/** The x.y of an x.y or x.y.z. */
export const withoutPatch = (python: string): string => python.split('.', 2).join('.');

/** Every full version that an offered one may turn out to be. */
export const versionsOf = (python: string): readonly string[] =>
  isExact(python) ? [python] : PATCHES.map((patch) => `${python}.${patch}`);

/** Newest first. */
export const compareVersions = (a: string, b: string): number => {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  return minorOf(b) - minorOf(a) || (right[2] ?? LAST_PATCH) - (left[2] ?? LAST_PATCH);
};

/** What fits whatever its patch version will be, then what is known to fit, then what only may. */
const rank = (python: string, fits: (version: string) => boolean): number => {
  if (isExact(python)) return 1;
  return fits(`${python}.${LAST_PATCH}`) ? 0 : 2;
};

/** Those of `pythons` that have a full version which fits; of the same x.y the best first, else newest first. */
export const listFitting = (pythons: readonly string[], fits: (version: string) => boolean): readonly string[] =>
  pythons
    .filter((python) => versionsOf(python).some(fits))
    .toSorted((a, b) => minorOf(b) - minorOf(a) || rank(a, fits) - rank(b, fits) || compareVersions(a, b));

/** What is offered for an x.y: itself, else the newest of its patch versions. */
export const findMinor = (pythons: readonly string[], minor: string): string | undefined =>
  pythons.filter((python) => withoutPatch(python) === minor).toSorted(compareVersions)[0];
