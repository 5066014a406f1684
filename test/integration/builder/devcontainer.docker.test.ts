import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectTestEngine, createTinyImage } from '../../support/docker-engine.ts';
import { startImageBuilds, type ImageBuilds } from '../../support/image-builds.ts';
import { makeNotebook } from '../../support/notebook.ts';

const NOTEBOOK = makeNotebook({
  source: 'import tools_of_image; print(tools_of_image.NAME, open("created").read())',
});

describe('development containers', () => {
  let builds: ImageBuilds;

  beforeAll(async () => {
    builds = await startImageBuilds('devcontainer');
    await createTinyImage(`${builds.prefix}tiny:1`);
  });

  afterAll(async () => {
    await builds[Symbol.asyncDispose]();
  });

  const listTags = async (): Promise<string[]> =>
    (await connectTestEngine().listImages())
      .flatMap(({ RepoTags }) => RepoTags ?? [])
      .filter((tag) => tag.startsWith(builds.prefix));

  // All of Jupyter is downloaded: a cache would be shared with what the image's Python does.
  it('get a Jupyter that sees the packages of their Python where they have none', { timeout: 600_000 }, async () => {
    const { image } = await builds.buildWell('plain', {
      '.devcontainer.json': JSON.stringify({
        dockerFile: 'dev.Dockerfile',
        postCreateCommand: 'printf yes > created',
      }),
      'dev.Dockerfile': [
        `FROM ${builds.base}`,
        'USER root',
        'ENV PATH=/usr/local/bin:/usr/bin:/bin',
        `RUN echo 'NAME = "of the image"' > /usr/lib/python3/dist-packages/tools_of_image.py`,
        'ENTRYPOINT []',
        '',
      ].join('\n'),
      'check.ipynb': NOTEBOOK,
    });
    expect(await builds.print(image, 'command -v python3; command -v jupyter-lab; id -u')).toBe(
      '/usr/bin/python3\n/srv/slipway/jupyter/bin/jupyter-lab\n1000',
    );
    expect(await builds.print(image, 'jupyter execute --inplace check.ipynb && cat check.ipynb')).toContain(
      'of the image yes',
    );
    expect((await listTags()).filter((tag) => tag.includes('/devcontainer:'))).toEqual([]);
  });

  it('are an image by its name, and are refused where Jupyter cannot be added', async () => {
    const { result } = await builds.build('tiny', { '.devcontainer.json': `{"image": "${builds.prefix}tiny:1"}` });
    expect(result).toMatchObject({
      ok: false,
      error: {
        code: 'BUILD_JUPYTER_MISSING',
        message: 'Jupyter cannot be added: the image has neither Jupyter nor python3.',
      },
    });
  });

  it('fail with their commands', async () => {
    const { result } = await builds.build('failing', {
      '.devcontainer.json': JSON.stringify({ image: builds.base, postCreateCommand: 'exit 7' }),
    });
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'BUILD_POSTCREATE_FAILED', message: expect.stringContaining('exit code 7') as string },
    });
  });
});
