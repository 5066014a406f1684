import { makeBadges } from '../address/make-badges.ts';
import { CopyButton } from './copy-button.tsx';

type ShareRowProps = { readonly label: string; readonly text: string };

const ShareRow = ({ label, text }: ShareRowProps) => (
  <div class="share-row">
    <dt>{label}</dt>
    <dd>
      <pre class="share-code">{text}</pre>
      <CopyButton read={() => text} label="Copy" name={`Copy: ${label}`} />
    </dd>
  </div>
);

/** The launch link and the badges that lead to it; without a link, what is missing. */
export const SharePanel = ({ link }: { readonly link: string | undefined }) => {
  const image = `${location.origin}/badge_logo.svg`;
  return (
    <section class="share" aria-labelledby="share-title">
      <div class="share-heading">
        <h2 id="share-title">Share it</h2>
        <img src={image} alt="The launch badge" height="20" />
      </div>
      {link === undefined ? (
        <p class="share-empty">The link and a badge for your README appear here as soon as there is a repository.</p>
      ) : (
        <dl>
          <ShareRow label="Launch link" text={link} />
          {makeBadges(link, image).map(({ language, code }) => (
            <ShareRow key={language} label={`Badge in ${language}`} text={code} />
          ))}
        </dl>
      )}
    </section>
  );
};
