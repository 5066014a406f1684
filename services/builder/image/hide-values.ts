import type { BuildEvent } from '../../contracts/build.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { redactCredentials } from '../../platform/redact-credentials.ts';
import type { BuildOptions } from '../builder-parts.ts';

/** Takes what is secret out of a text. */
export type Hide = (text: string) => string;

/** A shorter value is a version or a switch; hiding it would only garble the log. */
const LEAST_LENGTH = 6;

/** Gives a function that takes values, and the credentials of any address, out of a text. */
export const createValueHider = (values: readonly string[]): Hide => {
  const hidden = values.filter((value) => value.length >= LEAST_LENGTH).sort((a, b) => b.length - a.length);
  return (text) => redactCredentials(hidden.reduce((shown, value) => shown.replaceAll(value, '***'), text));
};

/** The password of an address as it is written there, as it is meant, and as it is sent. */
const credentialsOf = (address: string): string[] => {
  const { username = '', password = '' } = URL.parse(address) ?? {};
  if (username === '') return [];
  const [user, secret] = [username, password].map(decodeURIComponent);
  const sent = Buffer.from(`${user}:${secret}`).toString('base64');
  // A token may stand in the place of the user.
  return [sent, ...(password === '' ? [username, user ?? ''] : [password, secret ?? ''])];
};

/** Everything that a build is given and nobody may read in its log: values of build arguments, and of the index. */
export const secretsOf = ({ extras, indexUrl }: Pick<BuildOptions, 'extras' | 'indexUrl'>): readonly string[] => [
  ...Object.values(extras?.buildArgs ?? {}),
  ...credentialsOf(indexUrl),
];

/** The same data with every text of it hidden in; names of fields stay. */
export const hideInData = <Data>(data: Data, hide: Hide): Data => {
  if (typeof data === 'string') return hide(data) as Data;
  if (Array.isArray(data)) return data.map((item: unknown) => hideInData(item, hide)) as Data;
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, hideInData<unknown>(value, hide)]),
  ) as Data;
};

/** An event for the log: the engine writes values into the names of steps, and commands print them. */
export const hideInEvent = (event: BuildEvent, hide: Hide): BuildEvent => hideInData(event, hide);

/** An error of ours; a cause that tells a secret is left out. */
export const hideInError = (error: SlipwayError, hide: Hide): SlipwayError => {
  const cause = String((error.cause as Error | undefined)?.stack ?? error.cause);
  return new SlipwayError(error.code, {
    message: hide(error.message),
    hint: hide(error.hint),
    details: hideInData(error.details, hide),
    cause: hide(cause) === cause ? error.cause : undefined,
  });
};

/** Lines of progress, and the error that may end them. */
export const hideInLines = async function* <Result>(
  lines: AsyncGenerator<string, Result>,
  hide: Hide,
): AsyncGenerator<string, Result> {
  try {
    for (;;) {
      const next = await lines.next();
      if (next.done === true) return next.value;
      yield hide(next.value);
    }
  } catch (error) {
    throw error instanceof SlipwayError ? hideInError(error, hide) : error;
  } finally {
    await lines.return(undefined as never);
  }
};
