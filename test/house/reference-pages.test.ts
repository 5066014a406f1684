import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../services/contracts/errors.ts';
import { renderReferencePages } from '../../services/cli/docs.ts';

const pages = renderReferencePages();

describe('the reference pages', () => {
  it.each([...pages])('%s is what the code says', (path, text) => {
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('have a section for each error code and for no other', () => {
    const headings = [...(pages.get('docs/reference/errors.md') ?? '').matchAll(/^### (\w+)$/gm)].map(
      ([, code]) => code,
    );
    expect(new Set(headings)).toEqual(new Set(Object.keys(ERRORS)));
    expect(headings).toHaveLength(Object.keys(ERRORS).length);
  });
});
