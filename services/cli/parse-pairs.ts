import { SlipwayError } from '../contracts/slipway-error.ts';

/** What was typed on the command line cannot be used; `hint` says what can. */
export const makeUsageError = (message: string, hint: string): SlipwayError =>
  new SlipwayError('CONFIG_INVALID', { message, hint });

type PairSource = {
  readonly option: string;
  /** Where a name without a value takes it from, as Docker does it; without one a value must be given. */
  readonly inherited?: Readonly<NodeJS.ProcessEnv>;
};

const parsePair = (text: string, { option, inherited }: PairSource): readonly (readonly [string, string])[] => {
  const [, name = '', value] = /^([^=\s]+)(?:=([\s\S]*))?$/.exec(text) ?? [];
  if (name === '' || name.includes('\0') || value?.includes('\0') === true)
    throw makeUsageError(`${option} needs NAME=VALUE.`, `Write it as ${option} NAME=VALUE, once for each name.`);
  if (value !== undefined) return [[name, value]];
  if (inherited === undefined)
    throw makeUsageError(`${option} ${name} has no value.`, `Write it as ${option} ${name}=VALUE.`);
  const found = inherited[name];
  return found === undefined ? [] : [[name, found]];
};

/**
 * Reads repeated NAME=VALUE options; later ones win. Values are never part of a message, because they may be secret.
 * Throws CONFIG_INVALID.
 */
export const parsePairs = (
  texts: readonly string[] | undefined,
  source: PairSource,
): Readonly<Record<string, string>> => Object.fromEntries((texts ?? []).flatMap((text) => parsePair(text, source)));
