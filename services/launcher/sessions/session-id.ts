import { randomBytes } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const LENGTH = 26;

/** A new session id: 26 letters and digits, five random bits each, so 130 bits that nobody guesses. */
export const createSessionId = (): string =>
  Array.from(randomBytes(LENGTH), (byte) => ALPHABET.charAt(byte & 31)).join('');
