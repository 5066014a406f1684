import { createDetectError, quoteText } from './detect-error.ts';

/** A package as `apt-get install` may name it: name, architecture, version; never an option, a pattern or a path. */
const PACKAGE = /^[a-z0-9][a-z0-9+.-]*[a-z0-9+.](?::[a-z0-9][a-z0-9-]*)?(?:=[A-Za-z0-9.+:~-]+)?$/;

const checkPackage = (word: string, file: string, line: number): string => {
  if (PACKAGE.test(word)) return word;
  const isRemoval = PACKAGE.test(word.replace(/-$/, ''));
  throw createDetectError('DETECT_APT_INVALID', {
    file,
    line,
    problem: isRemoval
      ? `${quoteText(word)} ends in a dash, which would remove the package.`
      : `${quoteText(word)} is not the name of a Debian package.`,
  });
};

/** Reads apt.txt: package names, several a line if need be, `#` starts a comment. Sorted and without repetition. */
export const parseAptTxt = (text: string, file: string): readonly string[] => {
  const packages = text.split('\n').flatMap((line, index) => {
    const [content = ''] = line.split('#', 1);
    const words = content.split(/\s/).filter((word) => word !== '');
    return words.map((word) => checkPackage(word, file, index + 1));
  });
  return [...new Set(packages)].toSorted();
};
