import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openPolicyFile } from '../../../services/launcher/admission/policy-file.ts';
import { createLogger } from '../../../services/platform/logger.ts';

const directory = mkdtempSync(join(tmpdir(), 'slipway-policy-'));
afterAll(() => rmSync(directory, { recursive: true }));

const lines: string[] = [];
const log = createLogger({ level: 'info', destination: { write: (text) => void lines.push(text) } });
const makeFile = (text: string): string => {
  const file = join(directory, `${crypto.randomUUID()}.yaml`);
  writeFileSync(file, text);
  return file;
};

describe('the policy file', () => {
  it('is read again when it changes, also when another file takes its place', () => {
    const file = makeFile('allow: [github.com/a]\n');
    const read = openPolicyFile(file, log);
    expect(read().allow).toEqual(['github.com/a']);
    writeFileSync(file, 'allow: [github.com/bb]\n');
    expect(read().allow).toEqual(['github.com/bb']);
    renameSync(makeFile('allow: [github.com/cc]\n'), file);
    expect(read().allow).toEqual(['github.com/cc']);
    expect(read()).toBe(read());
  });

  it('stays in force when it is not valid any more, or gone', () => {
    const file = makeFile('block: [{ repository: github.com/a }]\n');
    const read = openPolicyFile(file, log);
    const before = read();
    writeFileSync(file, 'block: [{ repositry: github.com/b }]\n');
    expect(read()).toBe(before);
    expect(lines.join('')).toContain('repositry');
    rmSync(file);
    expect(read()).toBe(before);
    writeFileSync(file, 'block: []\n');
    expect(read().block).toEqual([]);
  });

  it.each([
    ['block: github.com/a', 'block'],
    ['nonsense: 1', 'nonsense'],
    ['blockClients: [{ network: 10.0.0.0/99 }]', '10.0.0.0/99'],
    ['profiles: [{ repository: github.com/a, memoryMib: 1 }]', 'memoryMib'],
  ])('%s keeps the server from starting and says why', (text, named) => {
    expect(() => openPolicyFile(makeFile(text), log)).toThrow(named);
  });

  it('that is not there keeps the server from starting', () => {
    expect(() => openPolicyFile(join(directory, 'none.yaml'), log)).toThrow('none.yaml');
  });

  it('need not be', () => {
    expect(openPolicyFile('', log)()).toEqual({ allow: [], block: [], blockClients: [], profiles: [] });
  });
});
