import type { Browser, BrowserContext, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser, runNotebook } from '../support/browser.ts';
import { startGitServer, type GitServer } from '../support/git-server.ts';
import { makeNotebook } from '../support/notebook.ts';
import { removeSlipway, startSlipway, type SlipwayServer } from '../support/slipway-server.ts';

let git: GitServer;
let server: SlipwayServer;
let browser: Browser;
let context: BrowserContext;

/** The address that all sessions are below, with the port that the server has. */
const makeSettings = (sessionUrl: string): Readonly<Record<string, string>> => ({
  SLIPWAY_SESSION_URL: sessionUrl.replace('127.0.0.1', 'sessions.test'),
  SLIPWAY_PROXY_ADDRESS: 'subdomain',
});

beforeAll(async () => {
  git = await startGitServer();
  const first = await startSlipway({ allowHosts: [git.host] });
  await first.stop();
  server = await first.restart(makeSettings(first.sessionUrl));
  browser = await launchBrowser('--host-resolver-rules=MAP *.sessions.test 127.0.0.1');
  context = await browser.newContext();
});

afterAll(async () => {
  await browser.close();
  await removeSlipway(server);
  await git[Symbol.asyncDispose]();
});

type Opened = { readonly page: Page; readonly url: URL; readonly requests: readonly Request[] };

/** Opens a link in a tab of its own, and runs its notebook in JupyterLab. */
const open = async (name: string): Promise<Opened> => {
  const source = `print('${name}', 6 * 7)`;
  const { url } = await git.createRepository(name, { 'index.ipynb': makeNotebook({ source }) });
  const page = await context.newPage();
  const requests: Request[] = [];
  page.on('request', (request) => requests.push(request));
  await page.goto(`${server.url}/v2/git/${encodeURIComponent(url)}/HEAD?labpath=index.ipynb`);
  await page.waitForURL(/^http:\/\/[a-z0-9]{26}\.sessions\.test:/, { timeout: 120_000 });
  await page.locator('.jp-Notebook').first().waitFor({ timeout: 60_000 });
  await runNotebook(page, `${name} 42`);
  return { page, url: new URL(page.url()), requests };
};

const cookiesAt = async ({ url }: Opened): Promise<readonly string[]> =>
  (await context.cookies(url.href)).map(({ name, value }) => `${name}=${value}`);

const sentBy = async ({ requests, url }: Opened): Promise<readonly string[]> => {
  const own = requests.filter((request) => new URL(request.url()).host === url.host);
  const headers = await Promise.all(own.map((request) => request.headerValue('cookie')));
  return [...new Set(headers.flatMap((header) => header?.split('; ') ?? []))];
};

it('sessions on hosts of their own open in JupyterLab, run cells, and see nothing of each other in the browser', async () => {
  const first = await open('one');
  await first.page.evaluate("document.cookie = 'kept=one; path=/'; localStorage.setItem('kept', 'one')");
  const second = await open('two');
  expect(first.url.host).not.toBe(second.url.host);
  expect(second.url.href).not.toMatch(/token=|code=/);

  const [ofFirst, ofSecond] = [await cookiesAt(first), await cookiesAt(second)];
  expect(ofFirst).toEqual(expect.arrayContaining([expect.stringMatching(/^slipway-session=/), 'kept=one']));
  const sent = await sentBy(second);
  expect(sent).toEqual(expect.arrayContaining([expect.stringMatching(/^slipway-session=/)]));
  expect(sent.filter((cookie) => ofFirst.includes(cookie))).toEqual([]);
  expect(ofSecond.filter((cookie) => ofFirst.includes(cookie))).toEqual([]);
  expect(await second.page.evaluate("localStorage.getItem('kept')")).toBeNull();

  const stolen = `${second.url.origin}${first.url.pathname}`;
  expect((await second.page.goto(stolen))?.url()).toBe(first.url.href);
  const refused = await second.page.evaluate(
    `fetch('${second.url.origin}/s/${second.url.host.split('.')[0] ?? ''}/api/kernels', { credentials: 'include' }).then(({ status }) => status, () => 'refused')`,
  );
  expect(refused).not.toBe(200);
});
