import { describe, expect, it } from 'vitest';
import { readScript } from '../../../services/builder/detect/script.ts';
import { createMemoryRepositoryFiles } from '../../support/memory-repository-files.ts';

const read = (content: string | Uint8Array) => readScript(createMemoryRepositoryFiles({ start: content }), 'start');

describe('readScript', () => {
  it.each([
    ['#!/bin/sh\necho\n', { hasShebang: true, needsNormalising: false }],
    ['echo\n', { hasShebang: false, needsNormalising: false }],
    ['', { hasShebang: false, needsNormalising: false }],
    ['#!/bin/bash\r\necho\r\n', { hasShebang: true, needsNormalising: true }],
    ['\ufeff#!/bin/sh\necho\n', { hasShebang: true, needsNormalising: true }],
    ['echo\r\n', { hasShebang: false, needsNormalising: true }],
  ])('looks at %j', (content, expected) => {
    expect(read(content)).toEqual({ file: 'start', ...expected });
  });

  it('leaves a program that is not text alone', () => {
    expect(read(Buffer.from('\x7fELF\0\r\n'))).toEqual({ file: 'start', hasShebang: true, needsNormalising: false });
  });
});
