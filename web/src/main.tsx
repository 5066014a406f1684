import { type ComponentChild, render } from 'preact';
import { restoreTheme } from './browser/theme.ts';
import { PageShell } from './components/page-shell.tsx';
import { LaunchPage } from './pages/launch-page.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { type Route, parseRoute } from './routing/parse-route.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/shell.css';
import './styles/launch.css';
import './styles/log.css';
import './styles/outcome.css';

/** The other pages are bundles of their own, so that a launch does not wait for it. */
const loadPage = async (route: Route): Promise<ComponentChild> => {
  switch (route.kind) {
    case 'home': {
      const { HomePage } = await import('./pages/home-page.tsx');
      return <HomePage />;
    }
    case 'sessions': {
      const { SessionsPage } = await import('./pages/sessions-page.tsx');
      return <SessionsPage />;
    }
    case 'launch':
      return <LaunchPage provider={route.provider} spec={route.spec} search={location.search} />;
    case 'not-found':
      return <NotFoundPage pathname={location.pathname} />;
    default:
      return route satisfies never;
  }
};

const start = async (): Promise<void> => {
  restoreTheme();
  const root = document.querySelector('#app');
  if (root !== null) render(<PageShell>{await loadPage(parseRoute(location.pathname))}</PageShell>, root);
};

void start();
