import { expect } from 'vitest';
import type { EdgeCase } from './edge-case.ts';
import type { Built, Tools } from './tools.ts';

/**
 * One image for the scripts that work: neither has the executable bit, both have Windows line ends, postBuild ignores a
 * failing command, start prints and takes its time.
 */
const buildScripts = (tools: Tools): Promise<Built> =>
  tools.once('scripts', () =>
    tools.build({
      // The engine knows what it ran before; a text of its own makes it run.
      postBuild: `#!/bin/bash\r\n# ${Date.now()}\r\nls /there-is-no-such-place\r\necho built > built.txt\r\n`,
      start: '#!/bin/bash\r\necho preparing\r\nsleep 1\r\nexport PREPARED=yes\r\nexec "$@"\r\n',
    }),
  );

/** One image for scripts without an interpreter line. */
const buildBareScripts = (tools: Tools): Promise<Built> =>
  tools.once('bare scripts', () =>
    tools.build({ postBuild: 'echo bare > bare.txt\n', start: 'export BARE="$(cat bare.txt)"\nexec "$@"\n' }),
  );

/** postBuild and start, as people write them. */
export const SCRIPT_CASES: readonly EdgeCase[] = [
  {
    number: 7,
    title: 'postBuild and start have Windows line ends',
    verify: async (tools) => {
      const { image } = await buildScripts(tools);
      const { output } = await tools.run(image, ['sh', '-c', 'echo "$PREPARED $(cat built.txt)"']);
      expect(output).toMatch(/^yes built$/m);
    },
  },
  {
    number: 9,
    title: 'postBuild and start are not executable',
    verify: async (tools) => {
      const { image, result } = await buildScripts(tools);
      expect(result.ok).toBe(true);
      expect((await tools.run(image, ['cat', 'built.txt'])).output).toMatch(/^built$/m);
    },
  },
  {
    number: 10,
    title: 'postBuild and start have no interpreter line',
    verify: async (tools) => {
      const { image } = await buildBareScripts(tools);
      expect((await tools.run(image, ['printenv', 'BARE'])).output).toBe('bare');
    },
  },
  {
    number: 11,
    title: 'start never runs the command that it is given',
    verify: ({ reasons }) => {
      const warning = /start used: .*exec "\$@".*/;
      expect(reasons({ start: '#!/bin/sh\necho hello\n' })).toMatch(warning);
      expect(reasons({ start: '#!/bin/sh\n# exec "$@"\necho hello\n' })).toMatch(warning);
      expect(reasons({ start: '#!/bin/sh\nexec "$@"\n' })).not.toMatch(warning);
      expect(
        reasons({ start: '#!/usr/bin/env python3\nimport os, sys\nos.execvp(sys.argv[1], sys.argv[1:])\n' }),
      ).not.toMatch(warning);
    },
  },
  {
    number: 12,
    title: 'start prints and takes its time',
    verify: async (tools) => {
      const { image } = await buildScripts(tools);
      const { status, output } = await tools.run(image, ['printenv', 'PREPARED']);
      expect({ status, lines: output.split('\n') }).toEqual({ status: 0, lines: ['preparing', 'yes'] });
    },
  },
  {
    number: 13,
    title: 'a command of postBuild fails and the script goes on',
    verify: async (tools) => {
      const { log, result } = await buildScripts(tools);
      expect(result.ok).toBe(true);
      expect(log).toMatch(/ls: cannot access '\/there-is-no-such-place'/);
    },
  },
  {
    number: 14,
    title: 'postBuild writes where only root may',
    verify: async ({ build }) => {
      const { log, result } = await build({ postBuild: '#!/bin/sh\nset -e\necho x > /usr/local/x\n' });
      expect(result).toMatchObject({ ok: false, error: { code: 'BUILD_POSTBUILD_FAILED' } });
      expect(log).toMatch(/\/usr\/local\/x: Permission denied/);
    },
  },
];
