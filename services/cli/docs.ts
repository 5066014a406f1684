import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BADGES } from '../launcher/routes/badge-images.ts';
import { renderApiPage } from './docs/api-page.ts';
import { renderErrorsPage } from './docs/errors-page.ts';
import { renderEventsPage } from './docs/events-page.ts';
import { renderMetricsPage } from './docs/metrics-page.ts';
import { renderSettingsPage } from './docs/settings-page.ts';
import { projectDirectory } from './project-directory.ts';
import { reportToTerminal } from './report.ts';

const NOTICE = '<!-- Generated from the code by `npm run docs`; edit the code, not this page. -->\n\n';

/** Every page that is generated from code: path from the project's top, and its text. */
export const renderReferencePages = (): ReadonlyMap<string, string> =>
  new Map([
    ['docs/reference/badge_logo.svg', BADGES['/badge_logo.svg'] ?? ''],
    ['docs/reference/api.md', NOTICE + renderApiPage()],
    ['docs/reference/errors.md', NOTICE + renderErrorsPage()],
    ['docs/reference/events.md', NOTICE + renderEventsPage()],
    ['docs/reference/metrics.md', NOTICE + renderMetricsPage()],
    ['docs/reference/settings.md', NOTICE + renderSettingsPage()],
  ]);

const readPage = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** `slipway docs`: writes the generated pages, or with `check` fails when one of them is not what the code says. */
export const runDocs = ({ check }: { readonly check: boolean }): void => {
  for (const [path, text] of renderReferencePages()) {
    const file = join(projectDirectory, path);
    if (readPage(file) === text) continue;
    if (check) {
      reportToTerminal(`${path} is not what the code says; run: npm run docs`);
      process.exitCode = 1;
      continue;
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    reportToTerminal(`${path} written`);
  }
};
