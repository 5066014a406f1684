import { posix } from 'node:path';
import { Type, type Static } from 'typebox';
import type { DevcontainerSource } from '../../../contracts/build-plan.ts';
import { decodeText } from '../decode-text.ts';
import { createDetectError, quoteText } from '../detect-error.ts';
import type { RepositoryFiles } from '../repository-files.ts';
import { shellQuote } from '../../dockerfile/shell-quote.ts';
import { readJsonc, type JsoncFile } from './jsonc-file.ts';

/** Any key; by itself a record's values are only checked below keys of one line. */
const Key = Type.String({ pattern: '^[^]*$' });
const Words = Type.Union([Type.String(), Type.Array(Type.String())]);
const Command = Type.Union([Words, Type.Record(Key, Words)]);
type Command = Static<typeof Command>;

const Devcontainer = Type.Object({
  image: Type.Optional(Type.String()),
  build: Type.Optional(
    Type.Object({
      dockerfile: Type.Optional(Type.String()),
      context: Type.Optional(Type.String()),
      args: Type.Optional(Type.Record(Key, Type.String())),
      target: Type.Optional(Type.String()),
    }),
  ),
  dockerFile: Type.Optional(Type.String()),
  context: Type.Optional(Type.String()),
  dockerComposeFile: Type.Optional(Type.Unknown()),
  onCreateCommand: Type.Optional(Command),
  updateContentCommand: Type.Optional(Command),
  postCreateCommand: Type.Optional(Command),
});
type Devcontainer = Static<typeof Devcontainer>;

/** What devcontainer.json asks for; no source where it names neither an image nor a Dockerfile. */
export type DevcontainerAsk = {
  readonly source?: DevcontainerSource;
  /** Shell commands, in the order in which they run. */
  readonly commands: readonly string[];
  /** Keys that are not used and would change what a session is. */
  readonly unused: readonly string[];
};

const code = 'DETECT_DEVCONTAINER_INVALID';

/** The places that development containers look in, in their order. */
export const DEVCONTAINER_FILES = ['.devcontainer/devcontainer.json', '.devcontainer.json'];

/** The commands of a creation, in the order in which they run. */
const CREATION = ['onCreateCommand', 'updateContentCommand', 'postCreateCommand'] as const;

/** What an editor does, or what says nothing about the container. */
const OF_EDITORS = new Set([
  '$schema',
  'name',
  'customizations',
  'extensions',
  'settings',
  'secrets',
  'forwardPorts',
  'portsAttributes',
  'otherPortsAttributes',
  'waitFor',
  'shutdownAction',
  'hostRequirements',
  'appPort',
  'devPort',
  'userEnvProbe',
]);
const USED = new Set<string>([...Object.keys(Devcontainer.properties), ...OF_EDITORS]);

const IMAGE = /^[a-z0-9][\w.-]*(?::\d{1,5})?(?:\/[a-z0-9][\w.-]*){0,20}(?::[\w.-]{1,128})?(?:@sha256:[a-f0-9]{64})?$/;
const TARGET = /^[A-Za-z0-9][\w.-]{0,100}$/;
const ARGUMENT = /^[A-Za-z_]\w{0,100}$/;

type Reading = JsoncFile<Devcontainer> & { readonly files: RepositoryFiles; readonly file: string };

const invalid = ({ file }: Reading, line: number, problem: string) => createDetectError(code, { file, line, problem });

/** A path from the directory of the file, as one from the top of the repository. */
const locate = (reading: Reading, path: string, line: number): string => {
  const found = posix.normalize(posix.join(posix.dirname(reading.file), path)).replace(/\/$/, '');
  if (!posix.isAbsolute(path) && found !== '..' && !found.startsWith('../')) return found === '.' ? '' : found;
  throw invalid(reading, line, `${quoteText(path)} is not inside of the repository.`);
};

const checkArguments = (reading: Reading, args: Readonly<Record<string, string>>): void => {
  const wrong = Object.keys(args).find((name) => !ARGUMENT.test(name) || args[name]?.includes('${'));
  if (wrong === undefined) return;
  throw createDetectError(code, {
    file: reading.file,
    line: reading.lineOf('build', 'args', wrong),
    problem: `the build argument ${quoteText(wrong)} cannot be set to ${quoteText(args[wrong] ?? '')}.`,
    hint: 'Write a name of letters, digits and underscores, and a value without ${…}: there is no machine to take it from.',
  });
};

const readDockerfile = (reading: Reading, path: string, keys: readonly string[]): DevcontainerSource => {
  const { files, data, lineOf } = reading;
  const file = locate(reading, path, lineOf(...keys));
  const contextKeys = data.build?.context === undefined ? ['context'] : ['build', 'context'];
  const context = locate(reading, data.build?.context ?? data.context ?? '.', lineOf(...contextKeys));
  if (files.kindOf(file) !== 'file') throw invalid(reading, lineOf(...keys), `there is no file ${quoteText(file)}.`);
  if (context !== '' && files.kindOf(context) !== 'directory')
    throw invalid(reading, lineOf(...contextKeys), `there is no directory ${quoteText(context)}.`);
  if (context !== '' && !file.startsWith(`${context}/`))
    throw invalid(reading, lineOf(...keys), `the Dockerfile must be inside of its context ${quoteText(context)}.`);
  const { args = {}, target } = data.build ?? {};
  checkArguments(reading, args);
  if (target !== undefined && !TARGET.test(target))
    throw invalid(reading, lineOf('build', 'target'), `${quoteText(target)} is not the name of a stage.`);
  return { kind: 'dockerfile', file, context, args, ...(target === undefined ? {} : { target }) };
};

const readSource = (reading: Reading): DevcontainerSource | undefined => {
  const { data, lineOf } = reading;
  if (data.dockerComposeFile !== undefined)
    throw createDetectError(code, {
      file: reading.file,
      line: lineOf('dockerComposeFile'),
      problem: 'services of Docker Compose cannot be opened: a session is one container.',
      hint: 'Name an image or build.dockerfile instead, or add an environment.yml or requirements.txt.',
    });
  if (data.build?.dockerfile !== undefined)
    return readDockerfile(reading, data.build.dockerfile, ['build', 'dockerfile']);
  if (data.dockerFile !== undefined) return readDockerfile(reading, data.dockerFile, ['dockerFile']);
  if (data.image === undefined) return undefined;
  if (IMAGE.test(data.image)) return { kind: 'image', image: data.image };
  throw invalid(reading, lineOf('image'), `${quoteText(data.image)} is not the name of an image.`);
};

const renderWords = (words: Static<typeof Words>): string =>
  typeof words === 'string' ? `/bin/sh -c ${shellQuote(words)}` : words.map(shellQuote).join(' ');

const renderCommand = (command: Command): readonly string[] =>
  typeof command === 'string' || Array.isArray(command)
    ? [renderWords(command)]
    : Object.values(command).map((words) => renderWords(words));

const readCommands = (reading: Reading): readonly string[] =>
  CREATION.flatMap((key) => {
    const command = reading.data[key];
    if (command === undefined) return [];
    if (JSON.stringify(command).includes(String.raw`\u0000`))
      throw invalid(reading, reading.lineOf(key), 'a command cannot hold NUL.');
    return renderCommand(command).filter((one) => one !== '' && one !== "/bin/sh -c ''");
  });

/** Reads devcontainer.json. Throws DETECT_DEVCONTAINER_INVALID with the line of what cannot be done. */
export const readDevcontainerJson = (files: RepositoryFiles, file: string): DevcontainerAsk => {
  const text = decodeText(files.read(file), { file, otherwise: 'refuse' });
  const reading = { files, file, ...readJsonc(text, file, { schema: Devcontainer, code }) };
  const source = readSource(reading);
  const unused = Object.keys(reading.data).filter((key) => !USED.has(key));
  return { ...(source === undefined ? {} : { source }), commands: readCommands(reading), unused };
};
