import type { RawAnswer } from './exchange.ts';
import type { MalformedRequest } from './make-request.ts';

const CODE = /[A-Z]{2,}(?:_[A-Z]+)+/;

/** What is wrong with our answer to a malformed request; undefined when nothing is. */
export const findFault = ({ bytes, isWhole }: MalformedRequest, answer: RawAnswer | undefined): string | undefined => {
  if (answer === undefined) return isWhole ? 'no answer' : undefined;
  const { status, headers, body } = answer;
  if (headers['server']?.startsWith('Tornado')) return undefined; // The session itself said it.
  if (status === 101) return undefined;
  if (!(status < 500)) return `status ${status}`;
  if (headers['access-control-allow-origin'] !== '*') return `${status} without CORS`;
  const isPage = headers['content-type']?.startsWith('text/html') ?? false;
  const hasBody = !bytes.subarray(0, 5).equals(Buffer.from('HEAD ')) && !isPage;
  return status >= 400 && hasBody && !CODE.test(body) ? `${status} without a code` : undefined;
};
