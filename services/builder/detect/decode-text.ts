import { createDetectError } from './detect-error.ts';

export type DecodeOptions = {
  readonly file: string;
  /** How to read bytes that are not UTF-8: refuse them, or take each for a Latin-1 character as pip does. */
  readonly otherwise: 'refuse' | 'latin1';
};

const startsWith = (bytes: Uint8Array, ...mark: readonly number[]): boolean =>
  mark.every((byte, index) => bytes[index] === byte);

const encodingOf = (bytes: Uint8Array): string => {
  if (startsWith(bytes, 0xff, 0xfe)) return 'utf-16le';
  return startsWith(bytes, 0xfe, 0xff) ? 'utf-16be' : 'utf-8';
};

const decode = (bytes: Uint8Array, { otherwise }: DecodeOptions): string | undefined => {
  const encoding = encodingOf(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return encoding === 'utf-8' && otherwise === 'latin1' ? Buffer.from(bytes).toString('latin1') : undefined;
  }
};

/**
 * The text of a configuration file: UTF-16 by its byte order mark, else UTF-8; the mark removed, line ends as LF.
 * Throws DETECT_FILE_UNREADABLE for anything that is not text.
 */
export const decodeText = (bytes: Uint8Array, options: DecodeOptions): string => {
  const text = decode(bytes, options);
  if (text === undefined || text.includes('\0'))
    throw createDetectError('DETECT_FILE_UNREADABLE', {
      file: options.file,
      problem: text === undefined ? 'the file is not UTF-8 text.' : 'the file is binary, or UTF-16 without its mark.',
    });
  return text.replaceAll(/\r\n?/g, '\n');
};
