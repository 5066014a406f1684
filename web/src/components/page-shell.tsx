import type { ComponentChildren } from 'preact';
import { ShipMark } from './ship-mark.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

/** What all pages share: the skip link, the name, the theme switch and the footer. */
export const PageShell = ({ children }: { readonly children: ComponentChildren }) => (
  <>
    <a class="skip-link" href="#content">
      Skip to the content
    </a>
    <header class="site-header">
      <a class="wordmark" href="/">
        <ShipMark />
        <span>Slipway</span>
      </a>
      <nav>
        <a href="/sessions">Your sessions</a>
      </nav>
      <ThemeToggle />
    </header>
    <main id="content" class="page" tabIndex={-1}>
      {children}
    </main>
    <footer class="site-footer">
      <p>Sessions are temporary: download what you want to keep before you leave.</p>
    </footer>
  </>
);
