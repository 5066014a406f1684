import * as fc from 'fast-check';

/** Pieces that parsers give a meaning to, so that random joins of them reach deep. */
const PIECES = [
  'six', 'x @ ', '-e ', '-r', '-c ', '--requirement=', 'r.txt', 'requirements.txt', './', '../', '/', '.', 'pkg', '[a]',
  ' ; ', '#', ' #', '\\\n', '\n', '\r\n', '\r', '\t', '=', '==', '>=', ',', '|', '*', '1.0', '3.11', 'python', 'python-',
  'r-', '2024-01-10', '--hash=sha256:', 'ab', '"', "'", '$', '${X}', '`', '$(id)', ';', '&', ':', '::', '@', '://',
  'https', 'file:', 'git+', 'dependencies:', '  - ', '- pip:', '    - ', '{{', '}}', '&a ', '*a', '!!', '?', '---\n',
  '[project]\n', '[build-system]\n', '[tool.uv.sources]\n', '[[package]]\n', 'dependencies = [', ']\n', 'name = ', 'requires-python = ',
  '\ufeff', '\u2028', '\u0000', 'ü', '😀', '\ud800', '%2e%2e', '%zz', '#!', '/bin/sh', '-', '--', '<<', '(', ')', '\u000b',
  'constructor', '__proto__', 'toString', '\\', "'\\''", 'RUN id', '\nRUN id\n', '<<EOF',
]; // prettier-ignore

const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...PIECES) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) },
);

/** Text that means something to some parser and breaks it off anywhere. */
export const hostileText = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));

/** A little of it, for a place inside of something valid. */
export const hostileWord = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));

const ENCODINGS = {
  utf8: (text: string) => new TextEncoder().encode(text),
  mark: (text: string) => new TextEncoder().encode(`\ufeff${text}`),
  crlf: (text: string) => new TextEncoder().encode(text.replaceAll('\n', '\r\n')),
  latin1: (text: string) => Buffer.from(text, 'latin1'),
  utf16: (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]),
} as const satisfies Record<string, (text: string) => Uint8Array>;

const encoding = fc.oneof(
  { weight: 8, arbitrary: fc.constant('utf8' as const) },
  { weight: 2, arbitrary: fc.constantFrom('mark', 'crlf', 'latin1', 'utf16') },
);

/** The bytes of a file that holds such a text, mostly in UTF-8. */
export const encoded = (text: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array> =>
  fc.tuple(text, encoding).map(([text, encoding]) => ENCODINGS[encoding](text));
