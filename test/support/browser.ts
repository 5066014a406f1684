import { chromium, type Browser, type Page } from 'playwright-core';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The system's Chromium, which asks nobody but this machine. */
export const launchBrowser = (...args: readonly string[]): Promise<Browser> =>
  chromium.launch({ executablePath: '/usr/bin/chromium', args: [...ARGS, ...args] });

/** Runs every cell of the notebook that is open in JupyterLab, once its kernel is there, and waits until one of them has put this out. */
export const runNotebook = async (page: Page, output: string): Promise<void> => {
  await page
    .getByText(/ \| Idle$/)
    .first()
    .waitFor({ timeout: 60_000 });
  await page.locator('.jp-Notebook .jp-Cell').first().click();
  await page.getByRole('menuitem', { name: 'Run', exact: true }).click();
  await page
    .getByRole('menuitem', { name: /^Run All Cells/ })
    .first()
    .click();
  await page.locator('.jp-OutputArea-output', { hasText: output }).first().waitFor({ timeout: 60_000 });
};
