/** What a shell or Docker acts upon where it is not quoted. */
const LIVE = /[$`*?~#!{}[\]<>|&;()\\]/;
const OPERATOR = /[<>|&;()]/;
const BLANK = /[ \t]/;

/** A text whose every sign is harmless to shell and Dockerfile, of the same length. */
const neutralise = (text: string): string => text.replaceAll(/[^\w./:=+-]/g, 'x');

/** The same value with all of its texts and names neutralised. */
export const neutraliseAll = <Value>(value: Value): Value => {
  if (typeof value === 'string') return neutralise(value) as Value;
  if (Array.isArray(value)) return value.map(neutraliseAll) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [neutralise(name), neutraliseAll(one)]),
  ) as Value;
};

const live = (character: string): string => `‹${character}›`;

/**
 * The words and operators of one instruction as a POSIX shell divides them. Quoted signs are neutralised, those that
 * the shell would act upon are marked, so that two texts agree only where nothing stepped out of its quotes.
 */
const splitInstruction = (text: string): readonly string[] => {
  const tokens: string[] = [];
  let word: string | undefined;
  let quote = '';
  const add = (part: string): void => void (word = `${word ?? ''}${part}`);
  const end = (): void => {
    if (word !== undefined) tokens.push(word);
    word = undefined;
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote === "'" && character !== "'") add(neutralise(character));
    else if (character === quote) quote = '';
    else if (character === '\\') add(neutralise(text.charAt((at += 1))));
    else if (quote === '"') add(/[$`]/.test(character) ? live(character) : neutralise(character));
    else if (character === "'" || character === '"') {
      quote = character;
      add('');
    } else if (BLANK.test(character)) end();
    else if (OPERATOR.test(character)) {
      end();
      tokens.push(live(character));
    } else add(LIVE.test(character) ? live(character) : neutralise(character));
  }
  end();
  return quote === '' ? tokens : [...tokens, 'an open quote'];
};

/** Nearly all instructions are the same in each of the thousands of Dockerfiles of a test: they are divided once. */
const known = new Map<string, readonly string[]>();
const MAX_KNOWN = 10_000;

const readInstruction = (text: string): readonly string[] => {
  const found = known.get(text);
  if (found !== undefined) return found;
  if (known.size >= MAX_KNOWN) known.clear();
  const words = splitInstruction(text);
  known.set(text, words);
  return words;
};

/** The instructions of a Dockerfile, lines that go on joined, each as its words. */
export const readSkeleton = (dockerfile: string): readonly (readonly string[])[] =>
  dockerfile
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line !== '')
    .map(readInstruction);
