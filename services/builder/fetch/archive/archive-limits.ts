import { SlipwayError } from '../../../contracts/slipway-error.ts';

export type ExtractOptions = {
  /** An empty directory. */
  readonly into: string;
  readonly maxBytes: number;
  readonly maxEntries: number;
  readonly signal: AbortSignal;
};

/** The bytes of an archive, and of what came out of it so far. */
export type Amounts = { packed: number; unpacked: number };

/** No honest archive shrinks more: text reaches a tenth, and a bomb a thousandth. Small ones may be all zeros. */
const MAX_RATIO = 250;
const ALWAYS_ALLOWED_BYTES = 16 * 2 ** 20;

export const makeSizeError = (what: string, maxBytes: number): SlipwayError =>
  new SlipwayError('FETCH_TOO_LARGE', {
    message: `${what} is larger than the ${Math.floor(maxBytes / 2 ** 20)} MiB that this server allows.`,
  });

const checkAmounts = ({ packed, unpacked }: Amounts, maxBytes: number): void => {
  if (unpacked > maxBytes) throw makeSizeError('The archive', maxBytes);
  if (unpacked > ALWAYS_ALLOWED_BYTES && unpacked > packed * MAX_RATIO)
    throw new SlipwayError('FETCH_ARCHIVE_INVALID', {
      message: `The archive unpacks to more than ${MAX_RATIO} times its size, which no ordinary archive does.`,
    });
};

/** Passes bytes on as long as the amounts are within the limits. Throws FETCH_TOO_LARGE or FETCH_ARCHIVE_INVALID. */
export const countBytes = (amounts: Amounts, key: keyof Amounts, { maxBytes, signal }: ExtractOptions) =>
  async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      signal.throwIfAborted();
      amounts[key] += chunk.length;
      checkAmounts(amounts, maxBytes);
      yield chunk;
    }
  };

/** What ended an extraction: the error of a rule or a limit where there is one, else FETCH_ARCHIVE_INVALID. */
export const toArchiveError = (...errors: readonly unknown[]): unknown => {
  const [cause] = errors;
  const known = errors.find((error) => error instanceof SlipwayError);
  const detail = cause instanceof Error ? cause.message : String(cause);
  return known ?? new SlipwayError('FETCH_ARCHIVE_INVALID', { message: `The archive is damaged: ${detail}.`, cause });
};
