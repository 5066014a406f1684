import { defineConfig } from 'vitest/config';

/** What looks at everything that the machine has or does: anything else that runs would be seen too. */
const ALONE = [
  'test/builder/edge-cases/edge-cases.docker.test.ts',
  'test/builder/base/base-images.docker.test.ts',
  'test/integration/builder/build-images.docker.test.ts',
  'test/integration/builder/limits.docker.test.ts',
  'test/integration/launch/bad-input.docker.test.ts',
  'test/integration/launch/hostile-session.docker.test.ts',
];

/**
 * Files of one kind share a process, since no module keeps state: loading each module once is most of the speed.
 * Processes and not threads, because what starts git starts it faster from a small one; and Node.js itself loads the
 * modules, as it does in production.
 */
const SHARED = {
  pool: 'forks',
  isolate: false,
  maxWorkers: 2,
  experimental: { viteModuleRunner: false },
} as const;

const DOCKER = {
  globalSetup: ['test/support/make-bases.ts'],
  // The engine and the package index are shared with the rest of the machine: failing twice is failing.
  retry: 1,
  // What hangs ends; what waits for the other file, or for another user of the machine, goes on.
  testTimeout: 300_000,
  hookTimeout: 900_000,
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...SHARED,
          name: 'unit',
          include: ['test/{contracts,platform,archives,builder,launcher,cli,web,house,conformance}/**/*.test.ts'],
          exclude: ['**/*.docker.test.ts', '**/*.property.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          ...SHARED,
          name: 'property',
          include: ['test/**/*.property.test.ts'],
          // Thousands of inputs a test; what hangs ends all the same.
          testTimeout: 120_000,
        },
      },
      {
        test: {
          ...DOCKER,
          name: 'integration',
          include: ['test/**/*.docker.test.ts'],
          exclude: ALONE,
          // Their images have names of their own, so two files can run at once, one for each core of a small machine.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: { ...DOCKER, name: 'alone', include: ALONE, fileParallelism: false, sequence: { groupOrder: 1 } },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.browser.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
