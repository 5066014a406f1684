const nextOf = (parts: readonly string[], kept: number): string => {
  const numbers = parts.slice(0, kept).map(Number);
  return [...numbers.slice(0, -1), (numbers.at(-1) ?? 0) + 1].join('.');
};

/** `^3.11` stops before the next major version, `~3.11` before the next minor one; a bare version means all of it. */
const toSpecifier = (text: string): string => {
  const [, sign = '', version = ''] = /^([~^]?)(\d+(?:\.\d+)*)$/.exec(text) ?? [];
  if (text === '*') return '';
  const parts = version.split('.');
  if (sign === '^') return `>=${version},<${nextOf(parts, 1)}`;
  if (sign === '~') return `>=${version},<${nextOf(parts, Math.min(parts.length, 2))}`;
  if (version !== '') return parts.length > 2 ? `==${version}` : `==${version}.*`;
  return /^\d[\d.]*\*$/.test(text) ? `==${text}` : text;
};

/** Poetry's ranges of Python versions (`^3.11`, `>=3.9 <3.12`, `3.11.* || 3.13.*`) as alternatives of requires-python. */
export const parsePoetryRanges = (text: string): readonly string[] =>
  text
    .split(/\|\|?/)
    .map((range) => range.replaceAll(/([<>=!~^])\s+/g, '$1').split(/[\s,]+/))
    .map((range) => range.filter((part) => part !== '').map(toSpecifier))
    .map((range) => range.filter((part) => part !== '').join(','));
