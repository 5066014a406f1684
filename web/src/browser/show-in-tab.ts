import type { StateDescription } from '../launch/describe-state.ts';

const COLOURS: Readonly<Record<StateDescription['tone'], string>> = {
  working: '#2f9fbd',
  ready: '#2e9e5b',
  failed: '#d64531',
};

const SIGNS: Readonly<Record<StateDescription['tone'], string>> = {
  working: '<path d="M16 8v8l6 3"/>',
  ready: '<path d="m9 17 5 5 9-12"/>',
  failed: '<path d="m10 10 12 12M22 10 10 22"/>',
};

const makeIcon = (tone: StateDescription['tone']): string => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="15" fill="${COLOURS[tone]}"/><g fill="none" stroke="#fff" stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round">${SIGNS[tone]}</g></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
};

/** Tells the state of a launch by the title and the icon of the tab. */
export const showInTab = ({ tone, word }: StateDescription, title: string): void => {
  document.title = `${word} · ${title} · Slipway`;
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (icon !== null) icon.href = makeIcon(tone);
};
