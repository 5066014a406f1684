import { shellQuote } from './shell-quote.ts';

/**
 * An ENV instruction for each variable, with exactly the value that is given: Docker reads quotes as a shell does.
 * Throws RangeError for a line break, which would end the instruction.
 */
export const renderVariables = (variables: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(variables).map(([name, value]) => {
    if (/[\r\n]/.test(value)) throw new RangeError('a variable of an image must be on one line');
    return `ENV ${name}=${shellQuote(value)}`;
  });
