/**
 * An ENV instruction for each variable, with exactly the value that is given: between double quotes only the quote,
 * the backslash and the dollar mean something else than themselves. Throws RangeError for a line break.
 */
export const renderVariables = (variables: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(variables).map(([name, value]) => {
    if (/[\r\n\0]/.test(value)) throw new RangeError('a variable of an image must be on one line');
    return `ENV ${name}="${value.replaceAll(/["\\$]/g, String.raw`\$&`)}"`;
  });
