import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const pages = globSync('{docs/**/*.md,*.md}');

/** What the links of a page lead to, without those to other hosts; headings are named as GitHub does. */
const linksOf = (page: string): { readonly path: string; readonly heading: string }[] =>
  [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)/g)].map(
    ([, path = '', heading = '']) => ({ path: path === '' ? page : join(dirname(page), path), heading }),
  );

const headingsOf = (page: string): string[] =>
  [...readFileSync(page, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('the documentation', () => {
  it.each(pages)('%s has no link that leads nowhere', (page) => {
    const broken = linksOf(page).filter(
      ({ path, heading }) => !existsSync(path) || (heading !== '' && !headingsOf(path).includes(heading)),
    );
    expect(broken).toEqual([]);
  });

  it('is all in its table of contents', () => {
    const listed = linksOf('docs/README.md').map(({ path }) => path);
    const written = globSync('docs/{user,operator,developer,reference}/*.md');
    expect(written.filter((page) => !listed.includes(page))).toEqual([]);
  });
});
