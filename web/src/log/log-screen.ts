import { type Signal, signal } from '@preact/signals';
import { createFrameBatch } from '../browser/frame-batch.ts';
import { createAnsiRenderer } from './render-ansi.ts';
import { splitLog } from './split-log.ts';
import { plainText } from './terminal-text.ts';

/** A log that is written to piece by piece and shown in an element. */
export type LogScreen = {
  /** How many lines there are. */
  readonly count: Signal<number>;
  readonly write: (text: string) => void;
  readonly clear: () => void;
  /** All of the text, without colours. */
  readonly read: () => string;
  /** Shows the log in an element, which `onDraw` is told of after each change. */
  readonly show: (element: HTMLElement, onDraw: () => void) => void;
};

type Painter = { readonly append: (lines: readonly string[]) => void; readonly tail: (rest: string) => void };

// Finished blocks of so many lines are laid out by the browser only when they come into view.
const BLOCK_LINES = 200;

const createPainter = (element: HTMLElement): Painter => {
  const render = createAnsiRenderer();
  const tail = document.createElement('div');
  let block = document.createElement('div');
  let room = BLOCK_LINES;
  element.replaceChildren(block, tail);
  const startBlock = (): void => {
    block.className = 'log-block';
    block = document.createElement('div');
    room = BLOCK_LINES;
    tail.before(block);
  };
  const append = (lines: readonly string[]): void => {
    for (let from = 0; from < lines.length;) {
      if (room === 0) startBlock();
      const batch = lines.slice(from, from + room);
      block.insertAdjacentHTML('beforeend', batch.map((line) => `${render(line)}\n`).join(''));
      from += batch.length;
      room -= batch.length;
    }
  };
  return { append, tail: (rest) => tail.replaceChildren(plainText(rest)) };
};

/** Makes a log that draws at most once a frame and only ever appends. */
export const createLogScreen = (): LogScreen => {
  const count = signal(0);
  let lines: string[] = [];
  let rest = '';
  let drawn = 0;
  let painter: Painter | undefined;
  let restart = (): void => undefined;
  let notify = (): void => undefined;
  const draw = createFrameBatch(() => {
    count.value = lines.length;
    if (painter === undefined) return;
    painter.append(lines.slice(drawn));
    painter.tail(rest);
    drawn = lines.length;
    notify();
  });
  return {
    count,
    write: (text) => {
      const split = splitLog(rest, text);
      for (const line of split.lines) lines.push(line);
      rest = split.rest;
      draw.request();
    },
    clear: () => {
      lines = [];
      rest = '';
      restart();
      draw.request();
    },
    read: () => [...lines, rest].map(plainText).join('\n'),
    show: (element, onDraw) => {
      restart = () => {
        painter = createPainter(element);
        drawn = 0;
      };
      restart();
      notify = onDraw;
      draw.request();
    },
  };
};
