import { mkdirSync } from 'node:fs';
import { openPromise } from 'yauzl';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, runNotebook } from '../support/browser.ts';
import { startGitServer, type GitServer } from '../support/git-server.ts';
import { removeSlipway, startSlipway, type SlipwayServer } from '../support/slipway-server.ts';

const SCREENSHOTS = 'test/e2e/screenshots';

let git: GitServer;
let server: SlipwayServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  git = await startGitServer();
  server = await startSlipway({ allowHosts: [git.host] });
  browser = await launchBrowser();
  context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
});

afterAll(async () => {
  await browser.close();
  await removeSlipway(server);
  await git[Symbol.asyncDispose]();
});

const screenshot = async (name: string): Promise<void> => {
  await page.screenshot({ path: `${SCREENSHOTS}/${name}.png` });
};

describe('a person with a browser', () => {
  it('pastes an address, watches the build, and runs the notebook in JupyterLab', async () => {
    await git.createRepositoryFrom('numpy-pandas', 'fixtures/repos/numpy-pandas');
    // An environment that no earlier run can have left behind, so that there is a build to watch.
    await git.commit('numpy-pandas', { 'requirements.txt': `numpy!=0.0.${Date.now()}\npandas\n` }, 'Ask anew');
    const address = `${git.url}/numpy-pandas.git`;
    const foreign: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith('http://127.0.0.1:') && !request.url().startsWith('data:'))
        foreign.push(request.url());
    });

    await page.goto(server.url);
    await page
      .getByRole('textbox', { name: /address/i })
      .first()
      .fill(address);
    await page.getByRole('textbox', { name: /file/i }).first().fill('analysis.ipynb');
    await screenshot('home');
    expect(foreign).toEqual([]);

    await page
      .getByRole('button', { name: /launch/i })
      .or(page.getByRole('link', { name: /^launch/i }))
      .first()
      .click();
    await page
      .getByRole('log')
      .getByText(/Resolved \d+ packages/)
      .first()
      .waitFor({ timeout: 300_000 });
    await screenshot('launching');
    expect(foreign).toEqual([]);

    await page.waitForURL(`${server.sessionUrl}/s/**`, { timeout: 300_000 });
    await page.locator('.jp-Notebook').first().waitFor({ timeout: 60_000 });
    expect(page.url()).not.toMatch(/token=|code=/);

    await runNotebook(page, 'sum of squares: 30');
    await screenshot('jupyterlab');
  });

  it('sees how long the session lives on, keeps it, saves its files and ends it', async () => {
    await page.goto(`${server.url}/sessions`);
    const card = page.getByRole('listitem').filter({ hasText: 'numpy-pandas' });
    await card.getByText(/^Ends in (19|20) min, unless it is used\.$/).waitFor({ timeout: 30_000 });
    await screenshot('sessions');
    await card.getByRole('button', { name: 'Keep for an hour' }).click();
    await card.getByText(/^Ends in (59|60) min/).waitFor({ timeout: 30_000 });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      card.getByRole('button', { name: 'Download the files' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/numpy-pandas\.zip$/);
    const zip = await openPromise((await download.path()) ?? '');
    const names: string[] = [];
    for await (const entry of zip.eachEntry()) names.push(entry.fileName);
    expect(names).toContain('analysis.ipynb');
    await card.getByRole('button', { name: 'End it' }).click();
    await card.getByText('SESSION_STOPPED').waitFor({ timeout: 30_000 });
  });

  it('sees the code, the cause and the next step when the build fails', async () => {
    const { url: address } = await git.createRepository('broken', {
      'requirements.txt': 'slipway-test-package-that-does-not-exist\n',
    });
    await page.goto(`${server.url}/v2/git/${encodeURIComponent(address)}/HEAD`);
    await page.getByText('BUILD_PACKAGE_NOT_FOUND').first().waitFor({ timeout: 300_000 });
    const text = await page.locator('main').innerText();
    expect(text).toContain('slipway-test-package-that-does-not-exist does not exist');
    expect(text).toContain('Correct the name or version');
    await screenshot('failed');
  });

  it('can use the home page on a phone and with a keyboard', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(server.url);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow).toBe(0);
    await page.keyboard.press('Tab');
    const focused = await page.evaluate('document.activeElement.tagName');
    expect(focused).not.toBe('BODY');
    await screenshot('home-phone');
  });
});
