import { saveBlob } from './save-blob.ts';

/** Saves text as a file on the reader's machine. */
export const downloadText = (name: string, text: string): void =>
  saveBlob(name, new Blob([text], { type: 'text/plain;charset=utf-8' }));
