import { connect } from 'node:net';
import type { MalformedRequest } from './make-request.ts';

/** What came back on the connection: the first answer, as far as it is needed to judge it. */
export type RawAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

const HEAD_END = '\r\n\r\n';

const parseHead = (head: string): Omit<RawAnswer, 'body'> => {
  const [start = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => /^([^:]*):\s*(.*)$/.exec(line) ?? []);
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(start)?.[1] ?? Number.NaN),
    headers: Object.fromEntries(headers.map(([, name = '', value = '']) => [name.toLowerCase(), value])),
  };
};

const INTERIM = /^HTTP\/1\.1 100 [^\r]*\r\n\r\n/;

/** Reads the first final answer; undefined while there is more of it to come. */
const parseAnswer = (received: string, { isEnded, isHead }: { isEnded: boolean; isHead: boolean }) => {
  const text = received.replace(INTERIM, '');
  const end = text.indexOf(HEAD_END);
  if (end === -1) return undefined;
  const answer = { ...parseHead(text.slice(0, end)), body: text.slice(end + HEAD_END.length) };
  const { status, headers, body } = answer;
  const isStream = headers['content-type']?.startsWith('text/event-stream') ?? false;
  const length = isHead || status === 204 || status === 304 || status === 101 ? 0 : headers['content-length'];
  const isWhole = isStream ? body.includes('data:') : length !== undefined && body.length >= Number(length);
  const isLastChunk = headers['transfer-encoding'] === 'chunked' && body.endsWith('0\r\n\r\n');
  return isWhole || isLastChunk || isEnded ? answer : undefined;
};

/** Nothing is waited for longer: what has not answered by then has not answered. */
const PATIENCE_MS = 10_000;

/** Sends the bytes over a connection of their own; undefined where it ended, or went on, without an answer. */
export const exchange = (port: number, { bytes, isWhole }: MalformedRequest): Promise<RawAnswer | undefined> =>
  new Promise((resolve) => {
    const isHead = bytes.subarray(0, 5).toString('latin1') === 'HEAD ';
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let received = '';
    const finish = (isEnded: boolean): void => {
      const answer = parseAnswer(received, { isEnded, isHead });
      if (answer === undefined && !isEnded) return;
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => finish(true), PATIENCE_MS);
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      received += String(chunk);
      finish(false);
    });
    socket.on('end', () => finish(true)).on('error', () => finish(true));
    socket.write(bytes);
    if (!isWhole) socket.end();
  });
