import { describe, expect, it } from 'vitest';
import { createTransferProgress } from '../../../../services/builder/image/registry/transfer-progress.ts';

const lines = (messages: readonly (readonly [string, string])[]): (string | undefined)[] => {
  const count = createTransferProgress();
  return messages.map(([id, status]) => count({ id, status })).filter((line) => line !== undefined);
};

describe('the progress of a transfer', () => {
  it('counts the layers that are fetched, each once', () => {
    const pulled = [
      ['latest', 'Pulling from a/b'],
      ['1', 'Already exists'],
      ['2', 'Pulling fs layer'],
      ['2', 'Downloading'],
      ['2', 'Pull complete'],
      ['2', 'Pull complete'],
    ] as const;
    expect(lines(pulled)).toEqual(['1 of 1 layers', '2 of 2 layers']);
  });

  it('counts the layers that are sent, mounted or there', () => {
    const pushed = [
      ['1', 'Preparing'],
      ['2', 'Preparing'],
      ['3', 'Preparing'],
      ['1', 'Layer already exists'],
      ['2', 'Mounted from a/env'],
      ['3', 'Pushing'],
      ['3', 'Pushed'],
    ] as const;
    expect(lines(pushed)).toEqual(['1 of 3 layers', '2 of 3 layers', '3 of 3 layers']);
  });
});
