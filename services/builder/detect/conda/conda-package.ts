import { parseChannel } from './conda-channels.ts';
import { parseCondaFile, renderCondaFile, type CondaFile } from './conda-file.ts';

/** A package that conda is asked for: `channel::name spec`, or an address. */
export type CondaPackage = {
  readonly name: string;
  /** What follows the name: versions and build. */
  readonly spec: string;
  readonly text: string;
  readonly channel?: string;
  /** Where it is named by its address, that file and no other. */
  readonly file?: CondaFile;
  readonly line: number;
  /** Behind it on its line. */
  readonly comment?: string;
};

const MAX_LENGTH = 500;
const ADDRESS = /^\w+:\/\/(?!.*::)/;
const PACKAGE = /^(?:(?<channel>\S+)::)?(?<name>[a-z0-9_][\w.-]*)(?<spec>[^]*)$/i;
/** Version constraints, builds and keys in brackets; the solver says what is wrong inside of them. */
const SPEC = /^[\w.*=<>!~,|+^$()['":/@\]\s-]*$/;
/** `=1.2=h1_0` or ` 1.2 h1_0`, without wildcards: what `conda env export` writes. */
const BUILD = /^(?:=[^=<>!~,|*\s]+=|\s+[^=<>!~,|*\s]+\s+)[^=<>!~,|*\s]+$/;

/** Reads one dependency, `line` being where it stands; gives the end of a sentence about what is wrong with it. */
export const parseCondaPackage = (written: string, line: number): CondaPackage | string => {
  const text = written.trim();
  if (text.length > MAX_LENGTH) return 'is not a package.';
  if (ADDRESS.test(text)) {
    const file = parseCondaFile(text);
    return typeof file === 'string' ? file : { name: file.name, spec: '', text, line, file };
  }
  const { channel: from, name, spec = '' } = PACKAGE.exec(text)?.groups ?? {};
  if (name === undefined || !SPEC.test(spec) || /[\r\n]/.test(text)) return 'is not a package.';
  const channel = from === undefined ? undefined : parseChannel(from);
  if (from !== undefined && channel === undefined)
    return 'names a channel that is neither a name nor an http address without a password.';
  return { name: name.toLowerCase(), spec, text, line, ...(channel === undefined ? {} : { channel }) };
};

/** The form that the plan keeps; a package of `defaults` may come from any of the operator's channels. */
export const renderCondaPackage = ({ name, spec, channel, file }: CondaPackage): string => {
  if (file !== undefined) return renderCondaFile(file);
  return `${channel === undefined || channel === 'defaults' ? '' : `${channel}::`}${name}${spec.trimEnd()}`;
};

/** Whether it names one build, which one platform has. */
export const hasBuild = ({ spec }: CondaPackage): boolean => BUILD.test(spec.trimEnd());
