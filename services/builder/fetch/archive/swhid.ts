/** An identifier of Software Heritage: the content itself, not a place; `hash` is that of Git. */
export type Swhid = { readonly kind: 'dir' | 'rev'; readonly hash: string };

/** Reads `swh:1:dir:…` or `swh:1:rev:…`, qualifiers ignored; undefined for anything else. */
export const parseSwhid = (text: string): Swhid | undefined => {
  const [, kind, hash = ''] = /^swh:1:(dir|rev):([0-9a-f]{40})(?:;.*)?$/.exec(text) ?? [];
  return kind === 'dir' || kind === 'rev' ? { kind, hash } : undefined;
};

export const renderSwhid = ({ kind, hash }: Swhid): string => `swh:1:${kind}:${hash}`;
