import * as fc from 'fast-check';
import { Value } from 'typebox/value';
import { expect, it } from 'vitest';
import type { EnvironmentDetection } from '../../../services/builder/detect/detection.ts';
import { lockDetection } from '../../../services/builder/lock/lock-detection.ts';
import { makePlan } from '../../../services/builder/plan/make-plan.ts';
import { Lock } from '../../../services/contracts/lock.ts';

const DETECTION: EnvironmentDetection = {
  kind: 'environment',
  python: '3.13',
  apt: [],
  installs: [],
  evidence: [],
};

const word = fc.oneof(
  fc.constantFrom('a', '1', '-e .', '--pre', 'a\nb', 'a b', 'a;b', '1 --hash=x', "1'", '$(id)', 'https://h/x', '../x'),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.stringMatching(/^[a-z0-9.]{1,6}$/),
);
const python = fc.record(
  { name: word, version: word, sha256: word, git: word, commit: word, archive: word, subdirectory: word },
  { requiredKeys: ['name', 'version'] },
);
const debian = fc.record({ name: word, version: word, architecture: word });

it('a hostile lock is refused, or says one requirement a line and nothing else', () => {
  const FACTS = { version: 1, recipe: '1', platform: 'linux/amd64', interpreter: null, wish: 'w' };
  const base = { key: 'b', debian: [], python: [] };
  fc.assert(
    fc.property(fc.array(python, { maxLength: 2 }), fc.array(debian, { maxLength: 2 }), (python, debian) => {
      const lock: unknown = { ...FACTS, base, python, debian };
      if (!Value.Check(Lock, lock)) return;
      const plan = makePlan(lockDetection(DETECTION, lock));
      if (plan.kind !== 'environment') throw new Error('not an environment');
      for (const name of plan.apt) expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9._+-]*(?::[\w.+-]+)?=[\w.+~:!-]+$/);
      const lines = plan.files.flatMap(({ text }) => text.split('\n')).filter((line) => line !== '');
      expect(lines.filter((line) => line !== '--require-hashes')).toHaveLength(python.length);
      for (const line of lines)
        expect(line).toMatch(/^(?:--require-hashes|[\w.+-]+(?:==[\w.+~:!-]+(?: --hash=sha256:[0-9a-f]{64})?| @ \S+))$/);
    }),
    { numRuns: 10_000 },
  );
});
