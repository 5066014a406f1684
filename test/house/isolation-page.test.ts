import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PROBES } from '../integration/launch/hostile/probes.ts';

const page = readFileSync('docs/operator/isolation.md', 'utf8');
const rows = [...page.matchAll(/^\| `([a-z0-9-]+)` +\| (.*?) +\| (.*?) +\|$/gm)].map(([, ...cells]) => cells);

describe('the page about isolation', () => {
  it('lists what the hostile session tries and is told, each attempt and no other', () => {
    expect(PROBES.length).toBeGreaterThan(40);
    expect(rows).toEqual(PROBES.map(({ name, tries, refusal }) => [name, tries, refusal.join(', ')]));
  });
});
