import { readFile } from 'node:fs/promises';
import { createBaseImages, type BaseImage, type BaseImages } from '../../services/builder/base/base-images.ts';
import { createDockerImageBuilder } from '../../services/builder/image/docker-image-builder.ts';
import { createDockerImageStore } from '../../services/builder/image/docker-image-store.ts';
import { readSettings } from '../../services/cli/read-settings.ts';
import type { Settings } from '../../services/contracts/settings.ts';
import type { DockerEngine } from '../../services/platform/docker-engine.ts';
import { runGenerator } from './run-generator.ts';

/** Base images of all tests: made once for a machine and kept, because that takes a minute. */
export const TEST_IMAGE_PREFIX = 'slipway-test/';

/** The certificate authorities of this machine that builds must trust, when it has such. */
export const readTestCaBundle = async (): Promise<string | undefined> => {
  const file = process.env['SSL_CERT_FILE'] ?? process.env['NODE_EXTRA_CA_CERTS'];
  return file === undefined ? undefined : readFile(file, 'utf8');
};

export const createTestBaseImages = async (
  engine: DockerEngine,
  settings: Partial<Settings['base']> = {},
): Promise<BaseImages> =>
  createBaseImages({
    engine,
    builder: createDockerImageBuilder(engine),
    images: createDockerImageStore(engine),
    imagePrefix: TEST_IMAGE_PREFIX,
    settings: { ...readSettings({}, {}).base, ...settings },
    indexUrl: '',
    caBundle: await readTestCaBundle(),
  });

/** Finds or makes the base that the tests share. */
export const ensureTestBase = async (engine: DockerEngine, python = '3.13'): Promise<BaseImage> => {
  const bases = await createTestBaseImages(engine);
  return (await runGenerator(bases.ensure({ python }, AbortSignal.timeout(600_000)))).result;
};

/** Gives the base of all tests another prefix, so that what is built on it has names of its own; its new name. */
export const shareTestBase = async (engine: DockerEngine, prefix: string, python = '3.13'): Promise<string> => {
  const { name } = await ensureTestBase(engine, python);
  const shared = name.replace(TEST_IMAGE_PREFIX, prefix);
  const [repo = '', tag = ''] = shared.split(':');
  await engine.getImage(name).tag({ repo, tag });
  return shared;
};
