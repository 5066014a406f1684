/** A badge in one markup language, ready to be pasted. */
export type Badge = { readonly language: 'Markdown' | 'reStructuredText' | 'HTML'; readonly code: string };

const ALT = 'Launch with Slipway';

const escapeHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');

/** Makes the badge that leads to a launch link; both addresses are absolute and percent-encoded. */
export const makeBadges = (link: string, image: string): readonly Badge[] => [
  { language: 'Markdown', code: `[![${ALT}](${image})](${link})` },
  { language: 'reStructuredText', code: `.. image:: ${image}\n   :target: ${link}\n   :alt: ${ALT}` },
  { language: 'HTML', code: `<a href="${escapeHtml(link)}"><img src="${escapeHtml(image)}" alt="${ALT}"></a>` },
];
