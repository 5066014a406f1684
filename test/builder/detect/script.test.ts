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
    expect(read(content)).toMatchObject({ file: 'start', ...expected });
  });

  it.each([
    ['#!/bin/sh\nexec "$@"\n', true],
    ['exec "${@}"\n', true],
    ['#!/usr/bin/env bash\r\nif true; then exec $*; fi\r\n', true],
    ['\ufeff#!/bin/sh\nexec "$@"\n', true],
    ['#!/usr/bin/env python3\nprint()\n', true],
    ['#!/bin/sh\necho\n', false],
    ['#!/bin/bash\n  # exec "$@"\n', false],
    ['', false],
  ])('sees whether a shell would run the command that %j is given', (content, expected) => {
    expect(read(content).passesCommand).toBe(expected);
  });

  it('leaves a program that is not text alone', () => {
    expect(read(Buffer.from('\x7fELF\0\r\n'))).toEqual({
      file: 'start',
      hasShebang: true,
      needsNormalising: false,
      passesCommand: true,
    });
  });
});
