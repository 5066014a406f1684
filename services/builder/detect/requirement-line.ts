import { posix } from 'node:path';
import type { RequirementLine } from './detection.ts';
import { createDetectError, quoteText, type Place } from './detect-error.ts';
import type { SourceLine } from './logical-lines.ts';
import {
  isLocalLocation,
  locationPath,
  parseLocalRequirement,
  resolveLocalPath,
  type LocationContext,
} from './requirement-location.ts';
import { parseOptions, type RequirementOption } from './requirement-options.ts';

/** The file that a line stands in, and where its paths lead. */
export type LineContext = LocationContext & {
  readonly file: string;
  readonly role: 'requirements' | 'constraints';
  /** Where the file was fetched from, when it is none of the repository. */
  readonly address?: URL;
};

const MAX_LENGTH = 64 * 1024;
/** `git@` alone is no secret: it is how Git hosts are commonly written. */
const CREDENTIALS = /[a-z][a-z0-9+.-]{0,20}:\/\/(?!git@)[^\s/?#@]*@/i;
const NEEDS_KEY = /git\+ssh:/i;
const REQUIREMENT = /^[a-z0-9](?:[\w.-]*[a-z0-9])?\s*(?:\[[^\]]*\]\s*)?(?<rest>[^]*)$/i;
const SPECIFIER = /^(?:$|@|\(?\s*(?:===|==|~=|!=|<=|>=|<|>))/;
const HASH = /^--hash(?:=|\s+)(?<value>[a-z0-9]+:[0-9a-f]+)$/i;
/** Options that take an address or a directory. */
const LOCATED = new Set(['--find-links', '--index-url', '--extra-index-url']);

const fail = (place: Place, problem: string, hint?: string) =>
  createDetectError('DETECT_REQUIREMENTS_INVALID', { ...place, problem, hint });

const hasControl = (text: string): boolean => /\p{Cc}/u.test(text.replaceAll(/\s/g, ''));

const checkSecrets = (text: string, place: Place): void => {
  if (NEEDS_KEY.test(text))
    throw fail(place, 'git+ssh needs a key, which a build does not have.', 'Use git+https:// and a public repository.');
  if (CREDENTIALS.test(text))
    throw fail(
      place,
      'the address holds a user name or a password, which would be readable in the image.',
      'Remove the credentials and use a public address; revoke them, since the repository shows them to everybody.',
    );
};

/** Splits `six==1.16 --hash=…` into what is required and its options. */
const splitHashes = (text: string, place: Place): { readonly required: string; readonly hashes: readonly string[] } => {
  const [required = '', ...options] = text.split(/\s(?=--)/);
  const hashes = options.map((option) => {
    const value = HASH.exec(option.trim())?.groups?.['value'];
    if (value === undefined)
      throw fail(place, `${quoteText(option.trim())} cannot stand behind a requirement; only --hash=name:digits can.`);
    return `--hash=${value}`;
  });
  return { required: required.trim(), hashes };
};

const checkNamed = (required: string, place: Place): void => {
  const [target = ''] = required.split(';', 1);
  const rest = REQUIREMENT.exec(target.trim())?.groups?.['rest'];
  if (rest !== undefined && SPECIFIER.test(rest)) return;
  const advice = rest?.startsWith('=') ? ' A version is written with two equals signs.' : '';
  throw fail(place, `${quoteText(required)} is not a requirement.${advice}`);
};

const parseRequirement = ({ line, text }: SourceLine, context: LineContext): RequirementLine => {
  const place = { file: context.file, line };
  const { required, hashes } = splitHashes(text, place);
  const local = parseLocalRequirement(required, { ...context, editable: false }, place);
  if (local !== undefined) return { kind: 'local', text: local };
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(required)) checkNamed(required, place);
  return { kind: 'requirement', text: [required, ...hashes].join(' '), hasHash: hashes.length > 0 };
};

/** A checkout that pip would keep for editing is installed like any package: nobody edits it in a session. */
const parseEditable = (value: string, context: LineContext, place: Place): RequirementLine => {
  const local = parseLocalRequirement(value, { ...context, editable: true }, place);
  return local === undefined ? { kind: 'requirement', text: value, hasHash: false } : { kind: 'local', text: local };
};

type Include = { readonly option: '--requirement' | '--constraint'; readonly value: string };

/** The address of an included file, which in a file that has one itself may be relative; undefined for a path. */
const parseAddress = ({ option, value }: Include, { address }: LineContext, place: Place) => {
  if (address === undefined && !/^[a-z][a-z0-9+.-]*:/i.test(value)) return undefined;
  const url = URL.canParse(value, address?.href) ? new URL(value, address?.href) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return { kind: 'address', option, url: url.href } as const;
  throw fail(
    place,
    `${quoteText(value)} is no file of the repository and no https address.`,
    'Copy the file into the repository and name it there.',
  );
};

const parseInclude = (include: Include, context: LineContext, place: Place): RequirementLine => {
  const { option, value } = include;
  const address = parseAddress(include, context, place);
  if (address !== undefined) return address;
  if (value.startsWith('/')) throw fail(place, `${quoteText(value)} is not a path inside of the repository.`);
  if (!/^[\p{L}\p{N} ._/+@%~-]+$/u.test(value))
    throw fail(place, `${quoteText(value)} has a sign that the name of a requirements file cannot have.`);
  return { kind: 'include', option, path: posix.join(posix.dirname(place.file), value) };
};

const parseOption = ({ name, value }: RequirementOption, context: LineContext, place: Place): RequirementLine => {
  if (name === '--editable') return parseEditable(value, context, place);
  if (name === '--requirement' || name === '--constraint') return parseInclude({ option: name, value }, context, place);
  if (!LOCATED.has(name) || !isLocalLocation(value)) return { kind: 'option', name, value, isLocal: false };
  const bases = [posix.dirname(context.file), context.base];
  const path = bases
    .map((base) => resolveLocalPath(locationPath(value), base))
    .find((path) => path.startsWith('/') || context.files.kindOf(path) !== undefined);
  if (path === undefined) throw fail(place, `${quoteText(value)} is not in the repository.`);
  return { kind: 'option', name, value: path, isLocal: true };
};

/**
 * Reads one logical line of a requirements file; a line of several options gives several. Throws
 * DETECT_REQUIREMENTS_INVALID with file and line.
 */
export const parseRequirementLine = (source: SourceLine, context: LineContext): readonly RequirementLine[] => {
  const place = { file: context.file, line: source.line };
  if (source.text.length > MAX_LENGTH) throw fail(place, 'the line is longer than any requirement.');
  if (hasControl(source.text)) throw fail(place, 'the line has a control character.');
  checkSecrets(source.text, place);
  const lines = source.text.startsWith('-')
    ? parseOptions(source.text, place).map((option) => parseOption(option, context, place))
    : [parseRequirement(source, context)];
  if (context.role === 'constraints' && lines.some(({ kind }) => kind === 'local'))
    throw fail(place, 'a constraints file cannot name a path of the repository.');
  return lines;
};
