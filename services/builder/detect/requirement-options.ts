import { createDetectError, quoteText, type Place } from './detect-error.ts';

/** One option of a requirements file under its long name; `value` is '' for a switch. */
export type RequirementOption = { readonly name: string; readonly value: string };

const ALIASES: Readonly<Record<string, string>> = {
  '-r': '--requirement',
  '-c': '--constraint',
  '-e': '--editable',
  '-i': '--index-url',
  '-f': '--find-links',
  '--pypi-url': '--index-url',
};

const WITH_VALUE = new Set([
  '--requirement',
  '--constraint',
  '--editable',
  '--index-url',
  '--extra-index-url',
  '--find-links',
  '--no-binary',
  '--only-binary',
  '--trusted-host',
  '--use-feature',
]);
const SWITCHES = new Set(['--no-index', '--prefer-binary', '--require-hashes', '--pre']);

const fail = (place: Place, problem: string, hint?: string) =>
  createDetectError('DETECT_REQUIREMENTS_INVALID', { ...place, problem, hint });

/** Splits as a shell would, so that quoted values keep their blanks. */
const splitWords = (text: string, place: Place): readonly string[] => {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === quote) quote = '';
    else if (quote === '' && (character === '"' || character === "'")) [quote, word] = [character, word ?? ''];
    else if (character === '\\' && quote !== "'") word = `${word ?? ''}${text.charAt((at += 1))}`;
    else if (quote !== '' || !/\s/.test(character)) word = `${word ?? ''}${character}`;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (quote !== '') throw fail(place, 'a quote is opened and not closed.');
  return word === undefined ? words : [...words, word];
};

type SplitOption = { readonly name: string; readonly value: string | undefined };

const splitLong = (word: string): SplitOption => {
  const at = word.indexOf('=');
  const name = at === -1 ? word : word.slice(0, at);
  return { name: ALIASES[name] ?? name, value: at === -1 ? undefined : word.slice(at + 1) };
};

const splitShort = (word: string): SplitOption => ({
  name: ALIASES[word.slice(0, 2)] ?? word,
  value: word.length > 2 ? word.slice(2).replace(/^=/, '') : undefined,
});

/** Splits `--name=value`, `-rvalue` and `-r=value`; a value of undefined is in the next word, if anywhere. */
const splitOption = (word: string): SplitOption => (word.startsWith('--') ? splitLong(word) : splitShort(word));

const readOption = (words: readonly string[], place: Place): RequirementOption & { readonly used: number } => {
  const [first = '', second] = words;
  const { name, value } = splitOption(first);
  if (SWITCHES.has(name) && value === undefined) return { name, value: '', used: 1 };
  if (!WITH_VALUE.has(name))
    throw fail(place, `${quoteText(first)} is not an option that a requirements file may have.`);
  const given = value ?? second ?? '';
  if (given === '') throw fail(place, `${name} needs a value.`);
  return { name, value: given, used: value === undefined ? 2 : 1 };
};

/** An editable requirement takes the rest of its line as it is, since blanks and markers may follow. */
const readEditable = (text: string): RequirementOption | undefined => {
  const [, rest] = /^(?:-e|--editable(?=[\s=]))([^]*)$/.exec(text) ?? [];
  if (rest === undefined) return undefined;
  const value = rest.trim().replace(/^=/, '').trim();
  const quoted = /^(["'])([^"']*)\1$/.exec(value);
  return { name: '--editable', value: quoted?.[2] ?? value };
};

/** Reads a line that begins with an option, as pip does: one or several options, long or short, glued or not. */
export const parseOptions = (text: string, place: Place): readonly RequirementOption[] => {
  const editable = readEditable(text);
  if (editable !== undefined) {
    if (editable.value === '') throw fail(place, '--editable needs a value.');
    return [editable];
  }
  const words = splitWords(text, place);
  const options: RequirementOption[] = [];
  for (let at = 0; at < words.length;) {
    const { used, ...option } = readOption(words.slice(at, at + 2), place);
    options.push(option);
    at += used;
  }
  return options;
};
