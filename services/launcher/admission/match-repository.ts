const escape = (text: string): string => text.replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`);

/** Operators paste addresses: the scheme, `.git` and slashes at the end say nothing. */
const trim = (pattern: string): string =>
  pattern
    .replace(/^\w+:\/\//, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/i, '');

/** One name must not take long to compare, whatever the pattern. */
const STARS = /\*{2,}|\*/g;

const toExpression = (pattern: string): RegExp => {
  const parts = trim(pattern).split(STARS).map(escape);
  const stars = trim(pattern).match(STARS) ?? [];
  const source = parts.map(
    (part, index) => `${part}${stars[index] === undefined ? '' : stars[index].length > 1 ? '.*' : '[^/]*'}`,
  );
  return new RegExp(`^${source.join('')}(?:/.*)?$`, 'isu');
};

/**
 * Whether a pattern of the policy means this canonical repository: the repository itself, or an owner or a host above
 * it. Upper and lower case are one, so that no spelling gets around a rule.
 */
export const matchesRepository = (pattern: string, canonical: string): boolean => toExpression(pattern).test(canonical);
