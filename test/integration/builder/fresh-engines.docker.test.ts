import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createDockerImageStore } from '../../../services/builder/image/docker-image-store.ts';
import { createBuilder } from '../../../services/builder/main.ts';
import { readRecord, type ImageRecord } from '../../../services/builder/record/read-record.ts';
import { LABELS } from '../../../services/contracts/labels.ts';
import { Settings } from '../../../services/contracts/settings.ts';
import { createAddressGuard } from '../../../services/platform/address-guard.ts';
import { loadConfig } from '../../../services/platform/config-loader.ts';
import type { DockerEngine } from '../../../services/platform/docker-engine.ts';
import { createGit } from '../../../services/platform/git-command.ts';
import { makeBuildRequest } from '../../builder/build-request.ts';
import { readTestCaBundle } from '../../support/base-image.ts';
import { startFreshEngine, whyNoFreshEngine } from '../../support/fresh-engine.ts';
import { startGitServer, type GitServer, type ServedRepository } from '../../support/git-server.ts';
import { runGenerator } from '../../support/run-generator.ts';
import { skipTitle } from '../../support/skip-title.ts';

const MINUTES = 60_000;

type Built = { readonly record: ImageRecord | undefined; readonly contentLayer: string };

/** Makes a base and builds one commit on an engine, as two machines that never met would. */
const buildOn = async (engine: DockerEngine, server: GitServer, served: ServedRepository): Promise<Built> => {
  const temporary = await mkdtemp(join(tmpdir(), 'fresh-build-'));
  try {
    const builder = createBuilder(loadConfig(Settings, { env: {}, prefix: 'SLIPWAY' }), engine, {
      git: createGit(process.env),
      guard: createAddressGuard([server.host]),
      temporary,
      caBundle: await readTestCaBundle(),
    });
    const request = makeBuildRequest(served, 'slipway/fresh:1');
    const { items, result } = await runGenerator(builder.build(request, AbortSignal.timeout(14 * MINUTES)));
    if (!result.ok) throw new Error(`${result.error.message}\n${items.map(({ message }) => message).join('')}`);
    const { RootFS } = await engine.getImage(request.imageName).inspect();
    const record = await readRecord(createDockerImageStore(engine), request.imageName);
    return { record, contentLayer: RootFS.Layers?.at(-1) ?? '' };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
};

const reason = await whyNoFreshEngine();

it.skipIf(reason !== undefined)(
  skipTitle('two engines that never met make one commit with one environment key and one content layer', reason),
  { timeout: 15 * MINUTES, retry: 0 },
  async () => {
    await using server = await startGitServer();
    const served = await server.createRepository('fresh', {
      'requirements.txt': 'humanize\n',
      'apt.txt': 'tree\n',
      'a.ipynb': '{}',
      'data/b.csv': 'x\n',
    });
    await using one = await startFreshEngine();
    await using two = await startFreshEngine();
    const [first, second] = await Promise.all([one, two].map(({ engine }) => buildOn(engine, server, served)));
    expect(second?.record?.lock).toEqual(first?.record?.lock);
    expect(second?.record?.bill).toBe(first?.record?.bill);
    expect(second?.record?.labels[LABELS.environmentKey]).toBe(first?.record?.labels[LABELS.environmentKey]);
    expect(first?.contentLayer).toMatch(/^sha256:/);
    expect(second?.contentLayer).toBe(first?.contentLayer);
  },
);
