import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDockerImageStore } from '../../../services/builder/image/docker-image-store.ts';
import { readRecord, type ImageRecord } from '../../../services/builder/record/read-record.ts';
import { LABELS } from '../../../services/contracts/labels.ts';
import type { Lock } from '../../../services/contracts/lock.ts';
import { connectTestEngine, readBridgeAddress, runInImage } from '../../support/docker-engine.ts';
import type { GitServer } from '../../support/git-server.ts';
import { expectBuilt, startImageBuilds, type Built, type ImageBuilds } from '../../support/image-builds.ts';
import { validateBill } from '../../support/validate-bill.ts';

const PROJECT = {
  'pyproject.toml': '[build-system]\nrequires = ["setuptools"]\n[project]\nname = "moving"\nversion = "1"\n',
  'moving.py': 'x = 1\n',
};

describe('the record of an image', () => {
  const engine = connectTestEngine();
  const images = createDockerImageStore(engine);
  let builds: ImageBuilds;
  let server: GitServer;
  let moving = '';

  beforeAll(async () => {
    builds = await startImageBuilds('records', { address: await readBridgeAddress(engine) });
    server = builds.git;
    moving = (await server.createRepository('moving', PROJECT)).commit;
  });

  afterAll(() => builds[Symbol.asyncDispose]());

  const recordOf = async (built: Built): Promise<ImageRecord> =>
    (await readRecord(images, expectBuilt(built).image)) ?? { labels: {} };

  it('has what unpinned requirements resolved to, with hashes, commits and Debian versions (cases 25 and 81)', async () => {
    const built = await builds.build('whole', {
      'apt.txt': 'tree\n',
      'requirements.txt': `humanize\nmoving @ git+${server.url}/moving.git@main\n`,
      'a.ipynb': '{}',
    });
    const { plan, lock, bill = '', labels } = await recordOf(built);
    expect(built.log).toContain(`moving.git@main is at commit ${moving}`);
    expect(plan).toMatchObject({ kind: 'environment', apt: ['tree'] });
    expect(lock?.debian).toMatchObject([{ name: 'tree', version: expect.stringMatching(/^\d/) as string }]);
    expect(lock?.python).toEqual([
      {
        name: 'humanize',
        version: expect.stringMatching(/^\d+\.\d+/) as string,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
      { name: 'moving', version: '1', git: `${server.url}/moving.git`, commit: moving },
    ]);
    expect(lock?.base.debian.map(({ name }) => name)).toContain('libc6');
    expect(lock?.base.python.every(({ sha256 }) => sha256 !== undefined)).toBe(true);
    expect(await validateBill(bill)).toBe('');
    const names = (JSON.parse(bill) as { components: { purl: string }[] }).components.map(({ purl }) => purl);
    expect(names).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^pkg:deb\/debian\/tree@.*arch=amd64&distro=debian-13$/),
        expect.stringMatching(/^pkg:pypi\/humanize@/),
        `pkg:pypi/moving@1?vcs_url=git%2B${encodeURIComponent(server.url).replaceAll('%3A', ':').replaceAll('%2F', '/')}/moving.git%40${moving}`,
      ]),
    );
    const held = await images.readFile(built.image, '/srv/slipway/lock.json');
    expect(labels[LABELS.lock]).toBe(
      createHash('sha256')
        .update(held ?? '')
        .digest('hex'),
    );
    expect((await runInImage(built.image, ['sh', '-c', 'ls /srv/slipway && python -c "import moving"'])).output).toBe(
      'base-requirements.txt\njupyterlab-overrides.json\nlock.json\nplan.json\nsbom.json\nslipway_session.json\nslipway_session.py',
    );
  });

  it('is built again from its lock, although a branch has moved since, and has the same lock then', async () => {
    const files = {
      'apt.txt': 'tree\n',
      'requirements.txt': `humanize\nmoving @ git+${server.url}/moving.git@main\n-e .\n`,
      ...PROJECT,
      'pyproject.toml': PROJECT['pyproject.toml'].replace('moving', 'own'),
    };
    const served = await server.createRepository('locked', files);
    const first = await builds.buildCommit(served);
    const { lock } = await recordOf(first);
    await server.commit('moving', { 'moving.py': 'x = 2\n' }, 'second');
    const rebuild = (name: string, changed: Partial<Lock>) =>
      builds.buildCommit(served, {
        imageName: `${builds.prefix}${name}:1`,
        lock: { ...lock, ...changed } as Lock,
      });

    const second = await rebuild('again', {});
    expect(second.log).toContain('Exactly the packages of the lock are installed');
    expect((await recordOf(second)).lock).toEqual(lock);
    const script = 'import moving, humanize; print(moving.x, humanize.naturalsize(1))';
    expect((await runInImage(second.image, ['python', '-c', script])).output).toMatch(/^1 /);

    expect((await rebuild('other', { wish: 'another' })).result).toMatchObject({ error: { code: 'LOCK_MISMATCH' } });
    const base = { ...lock?.base, key: '0'.repeat(64) } as Lock['base'];
    expect((await rebuild('base', { base })).result).toMatchObject({ error: { code: 'LOCK_BASE_DIFFERS' } });
    const python = [{ name: 'humanize', version: '0.0.99', sha256: '0'.repeat(64) }];
    expect((await rebuild('gone', { python })).result).toMatchObject({ error: { code: 'LOCK_PACKAGE_GONE' } });
    const debian = [{ name: 'tree', version: '0.1-1', architecture: 'amd64' }];
    expect((await rebuild('apt', { debian })).result).toMatchObject({
      error: { code: 'LOCK_PACKAGE_GONE', message: expect.stringContaining('version 0.1-1 of tree') as string },
    });
  });

  it('is that of the base where nothing is installed, and has what a build after the content adds', async () => {
    const plain = await recordOf(await builds.build('plain', { 'a.ipynb': '{}' }));
    expect(plain.lock).toMatchObject({ debian: [], python: [], base: { key: plain.labels[LABELS.lock] } });
    const built = await builds.build('late', { ...PROJECT, postBuild: '#!/bin/sh\npip install --quiet iniconfig\n' });
    const late = await recordOf(built);
    expect(late.lock?.base).toEqual(plain.lock?.base);
    expect(late.lock?.python).toMatchObject([
      { name: 'iniconfig', sha256: expect.stringMatching(/./) as string },
      { name: 'moving', version: '1', local: true },
    ]);
    expect(late.bill).toContain('pkg:pypi/iniconfig@');
    expect(late.plan).toMatchObject({ after: [{ kind: 'local-packages' }, { kind: 'post-build' }] });
  });

  it('says whose the images of a build are, so that one is known for theirs when it has no name any more', async () => {
    const { prefix } = builds;
    const layered = (await recordOf(await builds.build('layered', { 'requirements.txt': 'iniconfig\n' }))).labels;
    const built = (await recordOf(await builds.build('built', { Dockerfile: `FROM ${builds.base}\n` }))).labels;
    const environment = await images.find(`${prefix}env:${layered[LABELS.environmentKey]}`);
    const owners = [layered, built, environment?.labels].map((labels) => labels?.[LABELS.imagePrefix]);
    expect(owners).toEqual([prefix, prefix, prefix]);
  });

  it('is labels alone where a Dockerfile makes the image', async () => {
    const record = await recordOf(await builds.build('dockerfile', { Dockerfile: `FROM ${builds.base}\n` }));
    expect(record).toMatchObject({ plan: { kind: 'dockerfile' }, labels: { [LABELS.recipe]: '1' } });
    expect([record.lock, record.bill]).toEqual([undefined, undefined]);
  });
});
