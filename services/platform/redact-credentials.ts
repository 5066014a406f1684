/** Takes credentials out of any address inside of `text`: `https://user:secret@host/` → `https://host/`. */
export const redactCredentials = (text: string): string =>
  text.replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*@/gi, '$1');
