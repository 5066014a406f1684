import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnsiRenderer } from '../../web/src/log/render-ansi.ts';
import { splitLog } from '../../web/src/log/split-log.ts';
import { plainText } from '../../web/src/log/terminal-text.ts';

const ESC = '\u001B';

const splitAll = (pieces: readonly string[]) =>
  pieces.reduce<{ lines: readonly string[]; rest: string }>(
    (before, piece) => {
      const { lines, rest } = splitLog(before.rest, piece);
      return { lines: [...before.lines, ...lines], rest };
    },
    { lines: [], rest: '' },
  );

describe('splitLog', () => {
  it('keeps a line that is not complete for the next piece', () => {
    expect(splitLog('', 'one\ntw')).toEqual({ lines: ['one'], rest: 'tw' });
    expect(splitLog('tw', 'o\n\n')).toEqual({ lines: ['two', ''], rest: '' });
  });

  it('shows of a rewritten line what a terminal would show last', () => {
    expect(splitAll(['10 %\r50 %', '\r99 %\r\ndone\n'])).toEqual({ lines: ['99 %', 'done'], rest: '' });
    expect(splitLog('', '10 %\r50 %').rest).toBe('50 %');
    expect(splitLog('', '10 %\r50 %\r').rest).toBe('50 %\r');
  });

  it('takes a line end that is cut in two for one', () => {
    expect(splitAll(['one\r', '\ntwo\r\n']).lines).toEqual(['one', 'two']);
  });

  it('cuts lines that are too long to lay out, losing nothing', () => {
    const { lines, rest } = splitLog('', 'x'.repeat(20_000));
    expect(rest).toBe('');
    expect(lines.every(({ length }) => length <= 8192)).toBe(true);
    expect(lines.join('')).toHaveLength(20_000);
  });

  it('gives the same lines however the text is cut into pieces', () => {
    const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r', ESC) }));
    fc.assert(
      fc.property(pieces, (pieces) => {
        expect(splitAll(pieces).lines).toEqual(splitLog('', pieces.join('')).lines);
      }),
    );
  });
});

describe('createAnsiRenderer', () => {
  it('makes classes of colours and weights, never a style attribute', () => {
    const render = createAnsiRenderer();
    expect(render(`${ESC}[1;31merror${ESC}[0m: x`)).toBe('<span class="ansi-bold ansi-red-fg">error</span>: x');
    expect(render(`${ESC}[38;2;250;80;90mx${ESC}[0m`)).toBe('<span class="ansi-bright-red-fg">x</span>');
    expect(render(`${ESC}[48;5;21mx${ESC}[0m`)).toBe('<span class="ansi-blue-bg">x</span>');
  });

  it('carries a colour over to the next line', () => {
    const render = createAnsiRenderer();
    expect(render(`${ESC}[32mone`)).toBe('<span class="ansi-green-fg">one</span>');
    expect(render('two')).toBe('<span class="ansi-green-fg">two</span>');
  });

  it('keeps the text behind sequences that never end or that it does not know', () => {
    const render = createAnsiRenderer();
    expect(render(`${ESC}[é`)).toBe('é');
    expect(render(`a${ESC}]0;title\u0007b${ESC}[2Kc${ESC}(Bd`)).toContain('b');
    expect(render(`${ESC}]8;;javascript:alert(1)${ESC}\\link${ESC}]8;;${ESC}\\`)).toBe('link');
    expect(render('next')).toBe('next');
  });

  it('lets no markup of the log through', () => {
    const unit = fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '&',
      ' style="',
      '<span class="',
      'x',
      `${ESC}[31m`,
      `${ESC}[1m`,
      `${ESC}[`,
      `${ESC}]8;;`,
    );
    fc.assert(
      fc.property(fc.array(fc.string({ unit })), (lines) => {
        const html = lines.map(createAnsiRenderer()).join('');
        expect(html.replace(/<span class="[a-z -]+">|<\/span>/g, '')).not.toMatch(/[<>"']/);
      }),
    );
  });
});

describe('plainText', () => {
  it('is the text that is seen', () => {
    expect(plainText(`${ESC}[1;32m+${ESC}[0m numpy\t==2\u0007`)).toBe('+ numpy\t==2');
  });
});
