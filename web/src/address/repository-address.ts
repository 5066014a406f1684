/** What the session shall show: a file of the repository, or an address inside of the session. */
export type OpenTarget = { readonly kind: 'file' | 'url'; readonly value: string };

/** A repository as the home page and a launch link name it; nothing in it is percent-encoded. */
export type RepositoryAddress = {
  /** The provider prefix: gh, git, … */
  readonly provider: string;
  readonly repo: string;
  readonly ref?: string;
  readonly path?: OpenTarget;
};

/** A reading of what somebody pasted; `note` says where the reading could be mistaken. */
export type AddressReading =
  | { readonly ok: true; readonly address: RepositoryAddress; readonly note?: string }
  | { readonly ok: false; readonly message: string };

/** A refusal that says what would be right. */
export const refuse = (message: string): AddressReading => ({ ok: false, message });

/** Decodes percent escapes; text that is not validly encoded stays as it is. */
export const decodeText = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
