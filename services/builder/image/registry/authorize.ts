import { LRUCache } from 'lru-cache';
import { parseAuthChallenges, type AuthChallenge } from './auth-challenge.ts';
import { makeResponseError, RegistryError } from './registry-error.ts';
import type { RegistryRequest, Send } from './send-request.ts';

/** Who asks; both empty for nobody. */
export type RegistryCredentials = { readonly username: string; readonly password: string };

/** Sends with what the registry wants to be shown; `access` says what for, so that one answer serves similar requests. */
export type SendAuthorized = (request: RegistryRequest, access: string, signal: AbortSignal) => Promise<Response>;

const MAX_TOKENS = 1000;

const renderBasic = ({ username, password }: RegistryCredentials): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** The password goes to the address that the registry names, but never from https to http. */
const makeTokenUrl = ({ parameters }: AuthChallenge, registry: URL): URL => {
  const { realm = '', service, scope = '' } = parameters;
  const url = URL.parse(realm);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new RegistryError(`${registry.host} names no address that gives tokens.`);
  if (registry.protocol === 'https:' && url.protocol !== 'https:')
    throw new RegistryError(`${registry.host} wants tokens from ${url.host} without encryption.`);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const one of scope.split(' ').filter(Boolean)) url.searchParams.append('scope', one);
  return url;
};

/** Asks for, keeps and shows what a registry wants: Basic, or the token of the distribution project's token dance. */
export const createSendAuthorized = (send: Send, credentials: RegistryCredentials): SendAuthorized => {
  const known = new LRUCache<string, string>({ max: MAX_TOKENS });
  const isKnown = credentials.username !== '';

  const fetchToken = async (url: URL, signal: AbortSignal): Promise<string> => {
    const headers = isKnown ? { authorization: renderBasic(credentials) } : {};
    const response = await send({ method: 'GET', url, headers }, signal);
    if (!response.ok) throw await makeResponseError(`token of ${url.host}`, response);
    const answer = (await response.json().catch(() => undefined)) as { token?: unknown; access_token?: unknown } | null;
    const token = answer?.token ?? answer?.access_token;
    if (typeof token === 'string' && token !== '') return `Bearer ${token}`;
    throw new RegistryError(`${url.host} answered without a token.`);
  };

  const answerChallenge = async (response: Response, { url }: RegistryRequest, signal: AbortSignal) => {
    await response.body?.cancel();
    const challenges = parseAuthChallenges(response.headers.get('www-authenticate') ?? '');
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer !== undefined) return fetchToken(makeTokenUrl(bearer, url), signal);
    if (!challenges.some(({ scheme }) => scheme === 'basic'))
      throw new RegistryError(`${url.host} wants to be shown something else than a password or a token.`);
    if (isKnown) return renderBasic(credentials);
    throw new RegistryError(`${url.host} wants a user and a password: set registry.username and registry.password.`);
  };

  return async (request, access, signal) => {
    const sendWith = (authorization: string | undefined): Promise<Response> =>
      send({ ...request, headers: { ...request.headers, ...(authorization && { authorization }) } }, signal);
    const first = await sendWith(known.get(access));
    if (first.status !== 401) return first;
    const authorization = await answerChallenge(first, request, signal);
    known.set(access, authorization);
    return sendWith(authorization);
  };
};
