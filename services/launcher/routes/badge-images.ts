/** A hull on an inclined way, drawn in a box of 14 by 14. */
const SHIP = `<g fill="none" stroke="#fff" stroke-width="1.3" stroke-linecap="round" stroke-linejoin="round">
    <path d="M1.6 8.2h10.6l-1.9 3H4z" fill="#fff"/>
    <path d="M6.6 6.6V1.4l4 5.2z" fill="#fff"/>
    <path d="M.8 13h12.4"/>
  </g>`;

type Badge = { readonly label: string; readonly name: string; readonly logo: string };
type Part = { readonly text: string; readonly x: number; readonly width: number };

/** Of Verdana at 11 pixels; `textLength` makes every font keep to it. */
const CHARACTER_WIDTH = 6.6;
const PADDING = 7;
const LOGO_WIDTH = 18;

const textWidth = (text: string): number => Math.round(text.length * CHARACTER_WIDTH);

const renderText = ({ text, x, width }: Part): string =>
  `<text x="${x}" y="14" textLength="${width}" lengthAdjust="spacingAndGlyphs">${text}</text>`;

const renderBadge = ({ label, name, logo }: Badge): string => {
  const indent = logo === '' ? 0 : LOGO_WIDTH;
  const left = { text: label, x: PADDING + indent, width: textWidth(label) };
  const split = left.x + left.width + PADDING;
  const right = { text: name, x: split + PADDING, width: textWidth(name) };
  const total = right.x + right.width + PADDING;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${total}" height="20" viewBox="0 0 ${total} 20" role="img" aria-label="${label} ${name}">
  <title>${label} | ${name}</title>
  <clipPath id="round-${total}"><rect width="${total}" height="20" rx="4"/></clipPath>
  <g clip-path="url(#round-${total})">
    <path fill="#24324a" d="M0 0h${split}v20H0z"/>
    <path fill="#0f7b8a" d="M${split} 0h${total - split}v20H${split}z"/>
  </g>
  ${logo === '' ? '' : `<g transform="translate(6 3)">${logo}</g>`}
  <g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">
    ${renderText(left)}
    ${renderText(right)}
  </g>
</svg>
`;
};

/** The badges that repositories show, by their paths. The names are those of Binder's, so that old links work. */
export const BADGES: Readonly<Record<string, string>> = {
  '/badge_logo.svg': renderBadge({ label: 'launch', name: 'slipway', logo: SHIP }),
  '/badge.svg': renderBadge({ label: 'launch', name: 'slipway', logo: '' }),
};
