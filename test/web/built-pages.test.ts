import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const BUDGET = 30 * 1024;
const root = resolve(import.meta.dirname, '../..');

let dist = '';
let html = '';

beforeAll(async () => {
  dist = await mkdtemp(join(tmpdir(), 'slipway-pages-'));
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  await execa(process.execPath, [vite, 'build', '--outDir', dist, '--emptyOutDir', '--logLevel', 'warn'], {
    cwd: join(root, 'web'),
    env: { NODE_ENV: 'production' },
  });
  html = await readFile(join(dist, 'index.html'), 'utf8');
}, 60_000);

afterAll(() => rm(dist, { recursive: true, force: true }));

const addresses = (): readonly string[] =>
  [...html.matchAll(/\s(?:src|href)="([^"]*)"/g)].map(([, address = '']) => address);

/** The script that the page names and all that it imports before it runs; what is imported later is another page's. */
const readScripts = async (name: string, known = new Map<string, Buffer>()): Promise<Map<string, Buffer>> => {
  if (known.has(name)) return known;
  const code = await readFile(join(dist, 'assets', name));
  known.set(name, code);
  const imports = code.toString().matchAll(/(?:\bfrom|\bimport)\s*["']\.\/([^"']+)["']/g);
  for (const [, imported = ''] of imports) await readScripts(imported, known);
  return known;
};

const weigh = (files: Iterable<Buffer>): number =>
  [...files].reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0);

describe('the built pages', () => {
  it('ask no other host for anything and keep their assets below /assets/', () => {
    expect(addresses().length).toBeGreaterThanOrEqual(3);
    for (const address of addresses()) expect(address).toMatch(/^\/assets\/[\w.-]+$/);
  });

  it('have one script and nothing inline that a content policy would refuse', () => {
    expect(html.match(/<script\b/g)).toHaveLength(1);
    expect(html).toMatch(/<script type="module"[^>]* src="\/assets\/[^"]+"><\/script>/);
    expect(html).not.toMatch(/<style\b|\sstyle=|\son\w+=/);
  });

  it('weigh at most 30 KB of gzipped script on the launch page', async () => {
    const entry = addresses().find((address) => address.endsWith('.js')) ?? '';
    const scripts = await readScripts(entry.replace('/assets/', ''));
    expect(weigh(scripts.values())).toBeGreaterThan(0);
    expect(weigh(scripts.values())).toBeLessThanOrEqual(BUDGET);
  });

  it('stay within the same budget on the home page, all scripts together', async () => {
    const names = (await readdir(join(dist, 'assets'))).filter((name) => name.endsWith('.js'));
    expect(names.length).toBeGreaterThanOrEqual(2);
    expect(weigh(await Promise.all(names.map((name) => readFile(join(dist, 'assets', name)))))).toBeLessThanOrEqual(
      BUDGET,
    );
  });
});
