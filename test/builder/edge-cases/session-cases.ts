import { expect } from 'vitest';
import { makeEnvironmentKey } from '../../../services/builder/plan/make-environment-key.ts';
import { renderDockerfile } from '../../../services/builder/dockerfile/render-dockerfile.ts';
import type { EdgeCase } from './edge-case.ts';
import type { Built, Tools } from './tools.ts';

/** An image with a start script and a package from the index. */
const buildPlain = (tools: Tools): Promise<Built> =>
  tools.once('plain', () =>
    tools.build({ 'requirements.txt': 'six\n', start: '#!/bin/sh\nexport STARTED=yes\nexec "$@"\n' }),
  );

/** Where an image runs, and what surrounds it. */
export const SESSION_CASES: readonly EdgeCase[] = [
  {
    number: 77,
    title: 'a container runs as a user that the image does not know',
    verify: async (tools) => {
      const { image } = await buildPlain(tools);
      const command = [
        'sh',
        '-c',
        'id -u && echo "$STARTED" && cd /tmp && python -c "import six; print(six.__name__)"',
      ];
      const { status, output } = await tools.run(image, command, { User: '12345:0' });
      expect({ status, lines: output.split('\n') }).toEqual({ status: 0, lines: ['12345', 'yes', 'six'] });
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
    title: 'machines of another architecture share no environment',
    verify: ({ environment }) => {
      const plan = environment({ 'requirements.txt': 'six\n' });
      const keyOn = (platform: string) => makeEnvironmentKey(plan, { key: 'aa', platform });
      expect(keyOn('linux/arm64')).not.toBe(keyOn('linux/amd64'));
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
