export type Theme = 'light' | 'dark';

const KEY = 'slipway-theme';

const readStored = (): Theme | undefined => {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'light' || stored === 'dark' ? stored : undefined;
  } catch {
    return undefined;
  }
};

const show = (theme: Theme): void => {
  document.documentElement.dataset['theme'] = theme;
};

/** The theme in use: the reader's choice, else the system's. */
export const readTheme = (): Theme =>
  readStored() ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');

/** Shows the reader's earlier choice; without one the style sheet follows the system. */
export const restoreTheme = (): void => {
  const stored = readStored();
  if (stored !== undefined) show(stored);
};

/** Shows a theme and remembers it, where the browser lets us. */
export const chooseTheme = (theme: Theme): void => {
  show(theme);
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
};
