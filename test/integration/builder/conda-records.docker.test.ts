import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDockerImageStore } from '../../../services/builder/image/docker-image-store.ts';
import { readRecord, type ImageRecord } from '../../../services/builder/record/read-record.ts';
import { BARE, makeCondaPython, makeGreeter, startCondaBuilds, type CondaBuilds } from '../../support/conda-builds.ts';
import { connectTestEngine } from '../../support/docker-engine.ts';
import type { Built } from '../../support/image-builds.ts';
import { validateBill } from '../../support/validate-bill.ts';

const onDay = (day: string) => ({ timestamp: Date.parse(`${day}T12:00:00Z`) });

const CHANNELS = {
  dated: [
    { ...makeCondaPython('3.13.5'), ...onDay('2023-01-01') },
    ...BARE.map((one) => ({ ...one, ...onDay('2023-01-01') })),
    { ...makeGreeter('1.0', 'python >=3.9', 'hello from 1.0'), ...onDay('2024-01-10') },
    { ...makeGreeter('2.0', 'python >=3.9', 'hello from 2.0'), ...onDay('2024-01-11') },
  ],
};

const FILES = { 'environment.yml': 'dependencies:\n  - greeter\n  - pip: [humanize]\n' };

describe('the record of a conda environment', () => {
  const engine = connectTestEngine();
  let builds: CondaBuilds;
  beforeAll(async () => {
    builds = await startCondaBuilds(engine, 'conda-records', CHANNELS);
  });
  afterAll(() => builds[Symbol.asyncDispose]());

  const recordOf = async ({ image }: Built): Promise<ImageRecord> =>
    (await readRecord(createDockerImageStore(engine), image)) ?? { labels: {} };

  it('names its packages by address and hash, and it is installed again from them', async () => {
    const first = await builds.buildWell('first', FILES);
    const { lock, bill = '' } = await recordOf(first);
    const { url, sha256 } = builds.channels.find('greeter', '2.0');
    expect(lock?.conda?.map(({ name }) => name)).toEqual(['greeter', 'ipykernel', 'pip', 'python']);
    expect(lock?.conda?.[0]).toMatchObject({ version: '2.0', url, sha256 });
    expect(lock?.python.map(({ name }) => name)).toEqual(['humanize']);
    expect(await validateBill(bill)).toBe('');
    expect(bill).toContain('pkg:conda/greeter@2.0?build=0&channel=dated&subdir=noarch');
    if (lock === undefined) throw new Error('no lock');
    const again = await builds.buildWell('again', FILES, { lock });
    expect((await recordOf(again)).lock).toEqual(lock);
    expect(await builds.print(again.image, 'greet')).toEqual(['hello from 2.0']);
  });

  it('has no package that was made after the day that is asked for (case 81)', async () => {
    const built = await builds.buildWell('day', FILES, { asOf: '2024-01-10' });
    expect(await builds.print(built.image, 'greet')).toEqual(['hello from 1.0']);
    expect((await recordOf(built)).lock?.conda?.[0]).toMatchObject({ name: 'greeter', version: '1.0' });
    expect((await builds.build('early', FILES, { asOf: '2023-06-01' })).result).toMatchObject({
      ok: false,
      error: { code: 'BUILD_INSTALL_FAILED' },
    });
  });
});
