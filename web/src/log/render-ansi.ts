import { AnsiUp } from 'ansi_up';
import { keepColours } from './terminal-text.ts';

// The colours of a terminal; every other colour is drawn as the nearest of them, so that the theme keeps it legible.
const PALETTE: readonly (readonly [name: string, red: number, green: number, blue: number])[] = [
  ['black', 0, 0, 0],
  ['red', 187, 0, 0],
  ['green', 0, 187, 0],
  ['yellow', 187, 187, 0],
  ['blue', 0, 0, 187],
  ['magenta', 187, 0, 187],
  ['cyan', 0, 187, 187],
  ['white', 255, 255, 255],
  ['bright-black', 85, 85, 85],
  ['bright-red', 255, 85, 85],
  ['bright-green', 0, 255, 0],
  ['bright-yellow', 255, 255, 85],
  ['bright-blue', 85, 85, 255],
  ['bright-magenta', 255, 85, 255],
  ['bright-cyan', 85, 255, 255],
];

const SPAN = /<span(?: style="([^"]*)")?(?: class="([^"]*)")?>/g;

const nearestColour = (red: number, green: number, blue: number): string => {
  const distance = ([, r, g, b]: (typeof PALETTE)[number]): number =>
    (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
  return PALETTE.reduce((best, colour) => (distance(colour) < distance(best) ? colour : best))[0];
};

const styleToClass = (style: string): string => {
  const [, ground, red, green, blue] = /^(color|background-color):rgb\((\d+),(\d+),(\d+)\)$/.exec(style) ?? [];
  if (ground === undefined) return style;
  return `ansi-${nearestColour(Number(red), Number(green), Number(blue))}-${ground === 'color' ? 'fg' : 'bg'}`;
};

/** Style attributes are refused by the pages' content policy: they become classes. */
const toClasses = (_span: string, styles = '', classes = ''): string => {
  const names = [...styles.split(';').map(styleToClass), classes].filter(Boolean);
  return `<span class="${names.join(' ')}">`;
};

/** Makes a renderer of log lines to HTML in which everything but the colours' spans is escaped; colours carry over. */
export const createAnsiRenderer = (): ((line: string) => string) => {
  const ansi = new AnsiUp();
  ansi.use_classes = true;
  ansi.boldStyle = 'ansi-bold';
  ansi.faintStyle = 'ansi-faint';
  ansi.italicStyle = 'ansi-italic';
  ansi.underlineStyle = 'ansi-underline';
  return (line) => ansi.ansi_to_html(keepColours(line)).replace(SPAN, toClasses);
};
