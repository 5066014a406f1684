import type { ErrorBody } from '../../contracts/slipway-error.ts';

/** What the listener says itself, instead of a session. */
export type Answer = {
  readonly error: ErrorBody;
  /** Where to launch the repository again. */
  readonly launchUrl?: string | undefined;
  /** The last lines of the session's log. */
  readonly log?: string | undefined;
};

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

const STYLE = `
  :root { color-scheme: light dark; --ink: #16202b; --soft: #5b6875; --page: #f4f6f8; --card: #fff; --line: #dfe5ea;
    --accent: #0b63ce; --on-accent: #fff; }
  @media (prefers-color-scheme: dark) { :root { --ink: #e8edf2; --soft: #9aa8b5; --page: #10161c; --card: #19212a;
    --line: #2b3743; --accent: #6bb0ff; --on-accent: #0b1620; } }
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--page);
    color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
  main { width: 100%; max-width: 40rem; padding: 2.25rem; background: var(--card); border: 1px solid var(--line);
    border-radius: 14px; box-shadow: 0 10px 40px rgb(0 0 0 / .07); }
  h1 { margin: 0 0 .75rem; font-size: 1.45rem; line-height: 1.3; text-wrap: balance; }
  p { margin: 0 0 1rem; }
  .code { color: var(--soft); font: .8rem/1.4 ui-monospace, monospace; margin: 0; }
  .action { display: inline-block; margin: .5rem 0 1.25rem; padding: .6rem 1.2rem; border-radius: 8px;
    background: var(--accent); color: var(--on-accent); font-weight: 600; text-decoration: none; }
  .action:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
  details { margin: .25rem 0 1.25rem; } summary { cursor: pointer; color: var(--soft); }
  pre { overflow: auto; max-height: 18rem; padding: .9rem; border: 1px solid var(--line); border-radius: 8px;
    background: var(--page); font: .78rem/1.5 ui-monospace, monospace; white-space: pre-wrap; }
`;

const renderLink = (url: string | undefined): string =>
  url === undefined ? '' : `<p><a class="action" href="${escape(url)}">Launch again</a></p>`;

const renderLog = (log: string | undefined): string =>
  log ? `<details><summary>The last lines of its log</summary><pre tabindex="0">${escape(log)}</pre></details>` : '';

/** A whole page for people: what happened, what to do next, and the way there. No scripts, nothing loaded. */
export const renderAnswerPage = ({ error, launchUrl, log }: Answer): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escape(error.message)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escape(error.message)}</h1>
<p>${escape(error.hint)}</p>
${renderLink(launchUrl)}
${renderLog(log)}
<p class="code">${escape(error.code)}</p>
</main>
</body>
</html>
`;
