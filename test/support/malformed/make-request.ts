import type { Random } from './random.ts';

/** One request as bytes; whether it is whole, so that there must be an answer. */
export type MalformedRequest = { readonly bytes: Buffer; readonly isWhole: boolean };

const METHODS = ['GET', 'GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'CONNECT'];
const ODD_METHODS = ['gET', 'PRI', '', 'G E T', 'GET\0', 'M-SEARCH', 'x'.repeat(300), 'GÉT'];

/** Pieces that paths are made of: encodings that are broken, doubled, overlong, and what means something to somebody. */
const PIECES = [
  '%',
  '%2',
  '%zz',
  '%00',
  '%2f',
  '%2F',
  '%252f',
  '%5c',
  '%2e%2e',
  '..',
  '.',
  '...',
  '//',
  '/',
  '\\',
  ';',
  '@',

  '%c0%af',
  '%ed%a0%80',
  '%ff%fe',
  '%F0%9F%A6%86',
  '%E0%A4',
  'é',
  '\u00ff',
  '%0d%0a',
  '%0d%0aset-cookie:a=1',
  '%20',
  '?',
  '?a=?',
  '#x',
  '&&',
  '=',
  '?path=//evil.example',
  '?code=',
  '?token=',
  '?lastEventId=1.9',
  "'",
  '"',
  '<script>',
  'gh',
  'git',
  'gist',
  'zz',
  'HEAD',
  'api',
  'lab',
  'enter',
  'health',
  'metrics',
  'build',
  'v2',
  's',
  'proto',
  '__proto__',
  'constructor',
  'x'.repeat(700),
  'a'.repeat(9000),
  '[',
  ']',
  '{',
  '|',
  '^',
  '`',
  '~',
  '$',
  '+',
  '*',
  ':',
  ',',
];

const HEADER_VALUES = [
  '',
  ' ',
  '\t',
  'a',
  '0',
  '-1',
  '+5',
  '0x10',
  '1e3',
  '9'.repeat(40),
  'null',
  'undefined',
  '*',
  ',',
  ',,',
  ';',
  '=',
  'é',
  '\u0001',
  '\u007f',
  '\0',
  'x'.repeat(5000),
  '"',
  '%00',
  'text/html',
  'text/event-stream;q=9',
  '*/*;q=',
  '/',
];

const LAST_EVENT_IDS = [
  '0',
  '1',
  '-1',
  'abc.1',
  '.',
  '..',
  'a.b.c',
  '9'.repeat(50),
  `${'a'.repeat(26)}.1`,
  `${'a'.repeat(64)}.999999999`,
  `${'a'.repeat(26)}.-1`,
  `${'_'.repeat(20)}.1e5`,
  '%00',
  'é.1',
  'x'.repeat(4000),
  "' OR 1=1 --.1",
  '__proto__.1',
];

const HEADER_NAMES = [
  'Accept',
  'Accept-Encoding',
  'Authorization',
  'Cookie',
  'Content-Type',
  'Origin',
  'Referer',
  'Range',
  'Expect',
  'TE',
  'Connection',
  'Upgrade',
  'Keep-Alive',
  'Proxy-Connection',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'Forwarded',
  'If-None-Match',
  'If-Modified-Since',
  'Access-Control-Request-Method',
  'Sec-Fetch-Site',
  'Trailer',
  'Content-Length',
  'Transfer-Encoding',
  'Host',
  'HTTP2-Settings',
  '__proto__',
  'x'.repeat(300),
  'Bad Name',
  'é',
  '',
];

const HOSTS = [
  'x',
  '127.0.0.1',
  'localhost:1',
  '[::1]',
  '[',
  'a b',
  'é',
  '',
  'x'.repeat(300),
  'a@b',
  '..',
  'x:99999',
  '%00',
];
const TARGET_FORMS = [
  '*',
  '',
  'x',
  'http://other.example/',
  'http://[',
  '//other.example/',
  'https:',
  '127.0.0.1:80',
  '/\t/',
];

const makePath = (random: Random, roots: readonly string[]): string => {
  if (random.chance(6)) return random.pick(TARGET_FORMS);
  const pieces = Array.from({ length: random.below(6) }, () => random.pick(PIECES) + (random.chance(40) ? '/' : ''));
  return random.pick(roots) + pieces.join('');
};

const makeUpgrade = (random: Random): string[] => [
  `Connection: ${random.pick(['Upgrade', 'upgrade, close', 'keep-alive, Upgrade', 'x'])}`,
  `Upgrade: ${random.pick(['websocket', 'WebSocket', 'h2c', 'websocket, h2c', '', 'x'])}`,
  `Sec-WebSocket-Version: ${random.pick(['13', '8', '', '99', 'x'])}`,
  `Sec-WebSocket-Key: ${random.pick(['AAAAAAAAAAAAAAAAAAAAAA==', '', 'x', 'é', 'a'.repeat(500)])}`,
  ...(random.chance(50) ? [`Sec-WebSocket-Protocol: ${random.pick(HEADER_VALUES)}`] : []),
  ...(random.chance(50) ? [`Origin: ${random.pick(['null', 'http://evil.example', 'http://', 'é', ''])}`] : []),
];

const makeHeaders = (random: Random): string[] => {
  const lines = random.chance(92) ? [`Host: ${random.chance(60) ? '127.0.0.1' : random.pick(HOSTS)}`] : [];
  if (random.chance(25)) lines.push(...makeUpgrade(random));
  if (random.chance(35)) lines.push(`Last-Event-ID: ${random.pick(LAST_EVENT_IDS)}`);
  if (random.chance(30)) lines.push(`Accept: ${random.pick(['text/event-stream', 'text/html', '*/*', ';;q'])}`);
  for (let count = random.below(4); count > 0; count -= 1)
    lines.push(`${random.pick(HEADER_NAMES)}:${random.pick([' ', '', '  '])}${random.pick(HEADER_VALUES)}`);
  return lines;
};

/** Bodies that are framed in one way, in two, or wrongly. */
const makeBody = (random: Random): { readonly headers: readonly string[]; readonly body: string } =>
  random.pick([
    { headers: ['Content-Length: 4'], body: '{"a"' },
    { headers: ['Content-Length: 2', 'Content-Type: application/json'], body: '{]' },
    { headers: ['Transfer-Encoding: chunked'], body: '3\r\nabc\r\n0\r\n\r\n' },
    { headers: ['Transfer-Encoding: chunked'], body: 'zz\r\nabc\r\n' },
    { headers: ['Transfer-Encoding: chunked', 'Content-Length: 3'], body: '0\r\n\r\n' },
    { headers: ['Content-Length: 3', 'Content-Length: 5'], body: 'abc' },
    { headers: ['Transfer-Encoding: xchunked'], body: 'abc' },
    { headers: ['Transfer-Encoding : chunked'], body: '0\r\n\r\n' },
    { headers: ['Expect: 100-continue', 'Content-Length: 3'], body: 'abc' },
    { headers: ['Expect: 200-ok'], body: '' },
  ]);

const VERSIONS = [
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/2.0',
  'HTTP/9',
  'HTTP',
  '',
];

const damage = (random: Random, bytes: Buffer): MalformedRequest => {
  const at = random.below(bytes.length);
  switch (random.below(3)) {
    case 0:
      return { bytes: bytes.subarray(0, at), isWhole: false };
    case 1: {
      bytes[at] = random.below(256);
      return { bytes, isWhole: false };
    }
    default:
      return {
        bytes: Buffer.concat([bytes.subarray(0, at), Buffer.from([random.below(256)]), bytes.subarray(at)]),
        isWhole: false,
      };
  }
};

/** Makes the next malformed request; `roots` are beginnings of paths that lead to different parts of a listener. */
export const makeMalformedRequest = (random: Random, roots: readonly string[]): MalformedRequest => {
  const method = random.chance(8) ? random.pick(ODD_METHODS) : random.pick(METHODS);
  const { headers, body } = random.chance(25) ? makeBody(random) : { headers: [], body: '' };
  const start = `${method} ${makePath(random, roots)} ${random.pick(VERSIONS)}`;
  const lines = [start, ...makeHeaders(random), ...headers, '', body];
  const bytes = Buffer.from(lines.join(random.chance(97) ? '\r\n' : '\n'), 'latin1');
  return random.chance(15) ? damage(random, bytes) : { bytes, isWhole: true };
};
