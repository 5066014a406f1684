/* eslint-disable no-control-regex -- terminal sequences are control characters */
const OSC = /\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\|$)/g;
const COLOUR = /\u001B\[[\d;]*m/g;
const OTHER_CSI = /\u001B\[(?![\d;]*m)[0-?]*[ -/]*[@-~]?/g;
const OTHER_ESCAPE = /\u001B(?!\[[\d;]*m)/g;
const CONTROL = /[\u0000-\u0008\u000B-\u001A\u001C-\u001F\u007F]/g;

/** Leaves nothing of a line but text and colours, so that no terminal sequence can swallow what follows it. */
export const keepColours = (line: string): string =>
  line.replace(OSC, '').replace(OTHER_CSI, '').replace(OTHER_ESCAPE, '').replace(CONTROL, '');

/** The text of a line alone. */
export const plainText = (line: string): string => keepColours(line).replace(COLOUR, '');
