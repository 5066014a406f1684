import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runInImage } from '../../support/docker-engine.ts';
import { startImageBuilds, type ImageBuilds } from '../../support/image-builds.ts';

/** A shell that needs nothing of <nixpkgs>: nix-shell takes the bash of the image for it. */
const SHELL = `derivation {
  name = "shell";
  system = builtins.currentSystem;
  builder = "/bin/sh";
  args = [ "-c" "echo built > $out" ];
  GREETING = "hello from nix";
}
`;

describe('Nix, with shells that need nothing of nixpkgs', () => {
  let builds: ImageBuilds;

  beforeAll(async () => {
    builds = await startImageBuilds('nix');
  });

  afterAll(async () => {
    await builds[Symbol.asyncDispose]();
  });

  it('starts sessions in the shell of the repository, with every word of the command as it was', async () => {
    const { image } = await builds.buildWell('shell', {
      'default.nix': SHELL,
      postBuild: '#!/bin/sh\necho "outside: $GREETING" > post-build\n',
    });
    const words = ['a b', "it's", '$HOME', '', 'line\nbreak', '*'];
    const { output } = await runInImage(image, ['sh', '-c', 'printf "<%s>" "$GREETING" "$@"', 'sh', ...words]);
    expect(output).toBe(`<hello from nix>${words.map((word) => `<${word}>`).join('')}`);
    expect((await runInImage(image, ['cat', 'post-build'])).output).toBe('outside:');
    expect((await runInImage(image, ['jupyter', 'lab', '--version'])).output).toMatch(/^4\./);
    expect((await runInImage(image, ['sh', '-c', 'exit 7'])).status).toBe(7);
  });

  it('says what is wrong with the Nix file', async () => {
    expect((await builds.build('broken', { 'default.nix': 'derivation { name = nothing; }\n' })).result).toMatchObject({
      ok: false,
      error: { code: 'BUILD_INSTALL_FAILED', message: expect.stringContaining("'nothing'") as string },
    });
  });
});
