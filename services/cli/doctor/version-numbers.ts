/** The numbers of a version, as far as it begins with them. */
export const numbersOf = (version: string): number[] => (/\d+(\.\d+)*/.exec(version)?.[0] ?? '').split('.').map(Number);

/** Below 0 when the left version is the earlier one; the first three numbers count. */
export const compareNumbers = (left: readonly number[], right: readonly number[]): number => {
  const at = [0, 1, 2].find((index) => (left[index] ?? 0) !== (right[index] ?? 0));
  return at === undefined ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
};
