export type RegistryAccount = { readonly url: string; readonly username: string; readonly password: string };

const ANSWER_MS = 5000;

/**
 * Asks an image registry whether it is there: the status of its answer. One that wants a token, which it gives to whoever
 * may have one when an image is asked for, counts as 200. Throws when nothing answers.
 */
export const askRegistry = async ({ url, username, password }: RegistryAccount): Promise<number> => {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const response = await fetch(new URL('/v2/', url), {
    redirect: 'manual',
    headers: username === '' ? {} : { authorization },
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  await response.body?.cancel();
  const wantsToken = /^bearer /i.test(response.headers.get('www-authenticate') ?? '');
  return response.status === 401 && wantsToken ? 200 : response.status;
};
