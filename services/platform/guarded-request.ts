import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { HostRefusedError, type AddressGuard } from './address-guard.ts';

export type GuardedRequest = (
  url: URL,
  options: {
    readonly method?: 'GET' | 'HEAD' | 'POST';
    readonly signal: AbortSignal;
    /** Beside those of every request; no other origin than that of the address gets them, whatever it redirects to. */
    readonly headers?: Readonly<Record<string, string>>;
    /** Told each address that a redirect leads to. */
    readonly onRedirect?: (url: URL) => void;
  },
) => Promise<IncomingMessage>;

const MAX_REDIRECTS = 5;
/** Some hosts refuse programs that do not say what they are. */
const HEADERS = { 'user-agent': 'Slipway' };

/** Answers every look-up with the addresses that the guard saw. */
const pinTo =
  (addresses: readonly string[]): LookupFunction =>
  (_host, options, callback) => {
    const found = addresses.map((address) => ({ address, family: isIP(address) }));
    const [first = { address: '', family: 0 }] = found;
    if (options.all === true) callback(null, found);
    else callback(null, first.address, first.family);
  };

const send = (url: URL, options: RequestOptions): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const start = url.protocol === 'https:' ? requestHttps : requestHttp;
    start(url, options, resolve).on('error', reject).end();
  });

const redirectOf = ({ statusCode = 0, headers }: IncomingMessage, url: URL): URL | undefined => {
  if (statusCode < 300 || statusCode >= 400 || headers.location === undefined) return undefined;
  const next = URL.parse(headers.location, url.href);
  if (next !== null) return next;
  throw new HostRefusedError(`${url.host} redirects to what is no address`);
};

/**
 * Makes the only way in which a stranger's http addresses are asked: each host, that of a redirect too, passes the
 * guard and is connected to at the addresses that it saw. Any status is an answer; the caller reads or destroys its
 * body. Throws what the guard throws, and what the connection does.
 */
export const createGuardedRequest =
  (guard: AddressGuard): GuardedRequest =>
  async (url, { method = 'GET', signal, headers, onRedirect }) => {
    let address = url;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const { addresses } = await guard(address);
      const response = await send(address, {
        method,
        signal,
        lookup: pinTo(addresses),
        agent: false,
        headers: address.origin === url.origin ? { ...HEADERS, ...headers } : HEADERS,
      });
      const next = redirectOf(response, address);
      if (next === undefined) return response;
      response.destroy();
      address = next;
      onRedirect?.(address);
    }
    throw new Error(`${url.origin} redirects more than ${MAX_REDIRECTS} times`);
  };
