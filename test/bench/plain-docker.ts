import type { BaseImage } from '../../services/builder/base/base-images.ts';
import { certificateMounts, certificateVariables } from '../../services/builder/dockerfile/network-access.ts';
import { renderExport, renderRun } from '../../services/builder/dockerfile/run-instruction.ts';
import { createContentTar, type TarPart } from '../../services/builder/image/content-tar.ts';
import { createDockerImageBuilder } from '../../services/builder/image/docker-image-builder.ts';
import type { DockerEngine } from '../../services/platform/docker-engine.ts';
import { runGenerator } from '../support/run-generator.ts';

export type PlainBuild = {
  readonly base: BaseImage;
  readonly tag: string;
  readonly files: Readonly<Record<string, string>>;
  readonly caBundle: string | undefined;
};

/** What a Dockerfile without a thought has, behind the certificates that this network may ask for. */
const render = ({ base, caBundle }: PlainBuild): string => {
  const network = { caBundle: caBundle !== undefined, index: false };
  const variables = certificateVariables(network);
  const install = 'pip install --no-cache-dir -r requirements.txt';
  return [
    `FROM ${base.name}`,
    'COPY --chown=1000:1000 requirements.txt ./',
    renderRun(
      certificateMounts(network),
      Object.keys(variables).length === 0 ? [install] : [renderExport(variables), install],
    ),
    'COPY --chown=1000:1000 . ./',
    '',
  ].join('\n');
};

/**
 * `docker build` of a plain `pip install` Dockerfile on the base that ours builds on. Its layers are not in the
 * engine's cache as long as the requirements have a text of their own.
 */
export const buildPlainly = async (engine: DockerEngine, build: PlainBuild): Promise<void> => {
  const texts = {
    ...build.files,
    Dockerfile: render(build),
    ...(build.caBundle === undefined ? {} : { 'ca.pem': build.caBundle }),
  };
  const parts = Object.entries(texts).map(([path, text]): TarPart => ({ kind: 'text', path, text }));
  const request = { tag: build.tag, context: createContentTar(parts, 0), dockerfile: 'Dockerfile', labels: {} };
  const run = createDockerImageBuilder(engine).build(request, AbortSignal.timeout(600_000));
  const { result } = await runGenerator(run);
  if (!result.ok) throw new Error(`the plain build failed: ${result.message}`);
};

/** The least that adding a file to an image takes of the engine: create a container, put an archive, commit. */
export const addLayerPlainly = async (
  engine: DockerEngine,
  { from, repo, files }: { readonly from: string; readonly repo: string; readonly files: PlainBuild['files'] },
): Promise<void> => {
  const container = await engine.createContainer({ Image: from });
  try {
    const parts = Object.entries(files).map(([path, text]): TarPart => ({ kind: 'text', path, text }));
    await container.putArchive(createContentTar(parts, 0), { path: '/home/jovyan' });
    await container.commit({ repo, tag: 'plain', pause: false });
  } finally {
    await container.remove({ force: true });
  }
};
