/** A registry that refused, failed or did not answer; the message is for people and holds no credential. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
}

const MEANINGS: Readonly<Record<number, string>> = {
  401: 'it wants other credentials than registry.username and registry.password',
  403: 'the user of registry.username may not do this',
  404: 'it does not have this',
  413: 'it does not take anything so large',
  429: 'it limits how often it may be asked',
};

const MAX_TEXT = 300;

/** The registry's own words: `{"errors": [{"code", "message"}]}`, where an answer has a body. */
const readWords = async (response: Response): Promise<string | undefined> => {
  const body = await response.text().catch(() => '');
  const words = [...body.matchAll(/"message"\s*:\s*"([^"\\]+)"/g)].map(([, text]) => text);
  return words.length === 0 ? undefined : words.join('; ').slice(0, MAX_TEXT);
};

/** What an answer that was not wanted means, for example `GET a/b/manifests/1: the registry answered 403 (…).` */
export const makeResponseError = async (what: string, response: Response): Promise<RegistryError> => {
  const explanation = MEANINGS[response.status] ?? (await readWords(response));
  await response.body?.cancel().catch(() => undefined);
  return new RegistryError(
    `${what}: the registry answered ${response.status}${explanation === undefined ? '' : ` (${explanation})`}.`,
  );
};
