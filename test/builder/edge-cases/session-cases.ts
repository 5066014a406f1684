import { expect } from 'vitest';
import { makeEnvironmentKey } from '../../../services/builder/plan/make-environment-key.ts';
import { checkBase } from '../../../services/builder/lock/check-lock.ts';
import type { EnvironmentPlan } from '../../../services/contracts/build-plan.ts';
import { LABELS } from '../../../services/contracts/labels.ts';
import type { Lock } from '../../../services/contracts/lock.ts';
import { renderDockerfile } from '../../../services/builder/dockerfile/render-dockerfile.ts';
import type { EdgeCase } from './edge-case.ts';
import type { Built, Tools } from './tools.ts';

/** An image with a start script and a package from the index. */
const buildPlain = (tools: Tools): Promise<Built> =>
  tools.once('plain', () =>
    tools.build({
      'requirements.txt': 'toolz\n',
      'data.txt': 'data\n',
      start: '#!/bin/sh\nexport STARTED=yes\nexec "$@"\n',
    }),
  );

/** Where an image runs, and what surrounds it. */
export const SESSION_CASES: readonly EdgeCase[] = [
  {
    number: 77,
    title: 'a container runs as a user that the image does not know',
    verify: async (tools) => {
      const { image } = await buildPlain(tools);
      const script = [
        'id -u; echo "$STARTED"; python -c "import toolz; print(toolz.__name__)"',
        'cat data.txt; echo new > new.txt; echo more >> data.txt; tail -n 1 data.txt; stat -c %u data.txt new.txt',
        'mkdir -p "$HOME/.cache/mine" && uv pip uninstall --quiet --python "$KERNEL_PYTHON_PREFIX/bin/python" toolz',
        'python -c "import toolz" 2>&1 | tail -n 1; jupyter lab --version | cut -c 1',
      ].join('\n');
      const { output } = await tools.run(image, ['sh', '-c', script], { User: '12345:0' });
      const lines = ['12345', 'yes', 'toolz', 'data', 'more', '1000', '12345'];
      expect(output.split('\n')).toEqual([...lines, "ModuleNotFoundError: No module named 'toolz'", '4']);
      // Without the root group nothing can be written, and it starts all the same.
      const bare = 'id -u; id -g; echo "$STARTED"; test -w data.txt || echo kept; jupyter lab --version | cut -c 1';
      const strange = await tools.run(image, ['sh', '-c', bare], { User: '12345:12345' });
      expect(strange.output.split('\n')).toEqual(['12345', '12345', 'yes', 'kept', '4']);
    },
  },
  {
    number: 78,
    title: 'the file system of a container cannot be written',
    verify: async (tools) => {
      const { image } = await buildPlain(tools);
      const HostConfig = { ReadonlyRootfs: true };
      const command = ['sh', '-c', 'touch x 2>&1; echo "$STARTED"'];
      const { output } = await tools.run(image, command, { HostConfig });
      expect(output).toMatch(/Read-only file system\nyes$/);
    },
  },
  {
    number: 79,
    title: 'machines of another architecture share no environment (none of another can be run here)',
    verify: async (tools) => {
      const { image } = await buildPlain(tools);
      const { Os, Architecture, Config } = await tools.inspect(image);
      const base = (await tools.inspect(await tools.base())).Config.Labels;
      const plan = JSON.parse(Config.Labels[LABELS.plan] ?? '') as EnvironmentPlan;
      const keyOn = (platform: string) => makeEnvironmentKey(plan, { key: base[LABELS.lock] ?? '', platform });
      expect(Config.Labels[LABELS.environmentKey]).toBe(keyOn(`${Os}/${Architecture}`));
      const other = Architecture === 'arm64' ? 'amd64' : 'arm64';
      expect(keyOn(`${Os}/${other}`)).not.toBe(Config.Labels[LABELS.environmentKey]);
      const lock = await tools.run(image, ['cat', '/srv/slipway/lock.json']);
      expect(JSON.parse(lock.output)).toMatchObject({ platform: `${Os}/${Architecture}` });
      expect(() =>
        checkBase(JSON.parse(lock.output) as Lock, { key: '', name: '', platform: `${Os}/${other}` }),
      ).toThrow(`and this engine has ${Os}/${other}`);
    },
  },
  {
    number: 80,
    title: 'certificates and mirrors of a network serve the build and do not stay in the image',
    verify: async (tools) => {
      const plan = tools.environment({ 'requirements.txt': 'six\n' });
      const text = renderDockerfile(plan, {
        base: 'base',
        caBundle: true,
        index: true,
        packageCache: 'slipway',
        juliaMirror: '',
      });
      expect(text).toMatch(/--mount=type=bind,source=ca\.pem,target=\S+/);
      expect(text).toMatch(/^ *&& \. \/run\/slipway\/\S*index\S*/m);
      expect(text).not.toMatch(/^(?:ENV|COPY|ARG).*(?:index|ca\.pem|CERT)/m);
      const { image } = await buildPlain(tools);
      expect((await tools.run(image, ['sh', '-c', 'env | grep -iE "cert|index|proxy" || echo none'])).output).toBe(
        'none',
      );
    },
  },
];
