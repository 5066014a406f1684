import { parseChannel } from './conda-channels.ts';

/** A package that conda is asked for: `channel::name spec`. */
export type CondaPackage = {
  readonly name: string;
  /** What follows the name: versions and build. */
  readonly spec: string;
  readonly text: string;
  readonly channel?: string;
  readonly line: number;
};

/** Why a text is not a package that can be installed. */
export type NoPackage = 'address' | 'channel' | 'syntax';

const MAX_LENGTH = 500;
const ADDRESS = /^\w+:\/\/(?!.*::)/;
const PACKAGE = /^(?:(?<channel>\S+)::)?(?<name>[a-z0-9_][\w.-]*)(?<spec>[^]*)$/i;
/** Version constraints, builds and keys in brackets; the solver says what is wrong inside of them. */
const SPEC = /^[\w.*=<>!~,|+^$()['":/@\]\s-]*$/;

/** Reads one dependency, `line` being where it stands. */
export const parseCondaPackage = (written: string, line: number): CondaPackage | NoPackage => {
  const text = written.trim();
  if (text.length > MAX_LENGTH) return 'syntax';
  if (ADDRESS.test(text)) return 'address';
  const { channel: from, name, spec = '' } = PACKAGE.exec(text)?.groups ?? {};
  if (name === undefined || !SPEC.test(spec) || /[\r\n]/.test(text)) return 'syntax';
  const channel = from === undefined ? undefined : parseChannel(from);
  if (from !== undefined && channel === undefined) return 'channel';
  return { name: name.toLowerCase(), spec, text, line, ...(channel === undefined ? {} : { channel }) };
};

/** The form that the plan keeps; a package of `defaults` may come from any of the operator's channels. */
export const renderCondaPackage = ({ name, spec, channel }: CondaPackage): string =>
  `${channel === undefined || channel === 'defaults' ? '' : `${channel}::`}${name}${spec.trimEnd()}`;
