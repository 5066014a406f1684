import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashTree } from '../../../services/builder/fetch/archive/tree-hash.ts';
import { LABELS } from '../../../services/contracts/labels.ts';
import { TEST_IMAGE_PREFIX } from '../../support/base-image.ts';
import { PERSISTENT_ID, startDataverse } from '../../support/archives/dataverse-server.ts';
import { startZenodo, ZENODO } from '../../support/archives/zenodo-server.ts';
import { startCommandImage, type CommandImage } from '../../support/command-image.ts';
import { connectTestEngine, runInImage } from '../../support/docker-engine.ts';
import { startSoftwareHeritage } from '../../support/software-heritage-server.ts';
import { runToEnd } from '../../support/slipway-server.ts';
import { makeZip } from '../../support/zip.ts';

const ENVIRONMENT = { SLIPWAY_IMAGE_PREFIX: TEST_IMAGE_PREFIX, SECRET_HERE: 'from here' };

describe('building and running from the command line', () => {
  const engine = connectTestEngine();
  let made: CommandImage;
  let directory = '';
  let image = '';
  beforeAll(async () => {
    made = await startCommandImage('run', ENVIRONMENT);
    ({ image } = made);
  });
  afterAll(() => made[Symbol.asyncDispose]());
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'run-'));
    await writeFile(join(directory, 'hello.txt'), 'hello');
    await chmod(directory, 0o777);
    return () => rm(directory, { recursive: true, force: true });
  });

  const slipway = (...args: readonly string[]) => made.slipway(...args);
  const listRuns = async (): Promise<number> =>
    (await engine.listContainers({ all: true, filters: { label: [`${LABELS.kind}=run`], ancestor: [image] } })).length;

  it('adds labels, build arguments and an appendix, and inspect shows them without the secret', async () => {
    const appendix = 'ARG SECRET_HERE\nUSER root\nRUN echo "$SECRET_HERE" > /appendix\nUSER jovyan';
    const flags = ['--no-run', '--json-logs', '--debug', '--cache-from', 'x', '--label', 'team=science'];
    const additions = ['--build-arg', 'SECRET_HERE', '--appendix', appendix];
    const built = await slipway('build', ...flags, ...additions, '--image-name', image, directory);
    expect(built).toMatchObject({ exitCode: 0, stdout: `${image}\n` });
    const lines = built.stderr.trim().split('\n');
    const log = lines.map((line) => JSON.parse(line) as { message: string; phase: string });
    expect(new Set(log.flatMap((line) => Object.keys(line)))).toEqual(new Set(['message', 'phase']));
    expect(new Set(log.map(({ phase }) => phase))).toEqual(new Set(['fetching', 'building']));
    expect(log.map(({ message }) => message).join('')).toContain(`FROM ${TEST_IMAGE_PREFIX}base:`);
    expect(built.stderr).not.toContain('from here');
    expect(await runInImage(image, ['cat', '/appendix'])).toEqual({ status: 0, output: 'from here' });

    const shown = JSON.parse((await slipway('inspect', '--json', image)).stdout) as Record<string, unknown>;
    expect(shown).toMatchObject({
      names: [image],
      labels: { team: 'science', [LABELS.kind]: 'commit' },
      plan: { kind: 'environment', python: '3.13' },
    });
  });

  it('tells failures apart by the exit code', async () => {
    await writeFile(join(directory, 'postBuild'), 'exit 3\n');
    const failed = await slipway('build', '--json-logs', '--image-name', image, directory);
    expect(failed.exitCode).toBe(3);
    expect(JSON.parse(failed.stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({
      phase: 'failed',
      message: expect.stringContaining('BUILD_POSTBUILD_FAILED') as string,
    });
    await writeFile(join(directory, 'runtime.txt'), 'cobol\n');
    expect((await slipway('build', directory)).exitCode).toBe(1);
    expect((await slipway('build', '--user-id', 'seven', directory)).exitCode).toBe(2);
    expect((await slipway('build')).exitCode).toBe(2);
    expect((await slipway('inspect', `${made.prefix}absent`)).exitCode).toBe(1);
  });

  it('runs a command with its variables and mounts, keeps its edits, and ends as it ends', async () => {
    const script = 'echo "$GREETING $(cat hello.txt) $(cat /mounted/hello.txt)"; echo new > new.txt; exit 7';
    const flags = ['--image-name', image, '-e', 'GREETING=hi', '-v', `${directory}:/mounted:ro`, '--editable'];
    const ran = await slipway('run', ...flags, directory, 'sh', '-c', script);
    expect(ran).toMatchObject({ exitCode: 7, stdout: 'hi hello hello\n' });
    expect(existsSync(join(directory, 'new.txt'))).toBe(true);
    expect(await listRuns()).toBe(0);
  });

  it('builds an identifier of Software Heritage', async () => {
    await using archive = await startSoftwareHeritage();
    const hash = await hashTree(directory);
    await archive.archive(hash, directory);
    const settings = { SLIPWAY_SOFTWARE_HERITAGE_API_URL: archive.apiUrl };
    const source = `swh:1:dir:${hash}`;
    const flags = ['--allow-host', archive.host, '--image-name', image];
    const built = await runToEnd(['build', ...flags, source], { ...ENVIRONMENT, ...settings });
    expect(built).toMatchObject({ exitCode: 0, stderr: expect.stringContaining(`has the hash ${hash}`) as string });
    expect(await runInImage(image, ['cat', 'hello.txt'])).toEqual({ status: 0, output: 'hello' });
    const missing = await runToEnd(['build', ...flags, `swh:1:dir:${'0'.repeat(40)}`], { ...ENVIRONMENT, ...settings });
    expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('FETCH_COMMIT_MISSING') as string });
  });

  it('builds a dataset of Dataverse', async () => {
    await using dataverse = await startDataverse([{ label: 'data.csv', directoryLabel: 'in', text: '1,2' }]);
    const flags = ['--allow-host', dataverse.host, '--image-name', image];
    const address = `${dataverse.origin}/dataset.xhtml?persistentId=${PERSISTENT_ID}`;
    const built = await slipway('build', ...flags, '--ref', 'v2', address);
    expect(built.stderr).toContain('--ref has no effect');
    expect(built).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('Verified 1 of 1 sizes and 1 of 1 checksums') as string,
    });
    expect(dataverse.paths()[0]).toMatch(/versions\/:latest-published/);
    expect(await runInImage(image, ['cat', 'in/data.csv'])).toEqual({ status: 0, output: '1,2' });
    const unknown = await slipway('build', ...flags, `${dataverse.origin}/citation?persistentId=doi:10.1/none`);
    expect(unknown).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('REPO_NOT_FOUND') as string });
  });

  it('case 72: builds the repository that is the zip of a Zenodo record, by its DOI, and runs it', async () => {
    const script = { name: 'project-1.0/run.sh', data: '#!/bin/sh\necho "ran in $(pwd)"\n', mode: 0o100755 };
    const requirements = { name: 'project-1.0/requirements.txt', data: '' };
    const text = { name: 'project-1.0/sub/größe.txt', data: 'in a zip', flags: 0 };
    const code = makeZip([script, requirements, text, { name: '__MACOSX/project-1.0/._run.sh', data: 'x' }]);
    await using zenodo = await startZenodo([{ name: 'project-1.0.zip', data: code }]);
    const settings = { SLIPWAY_ARCHIVES_DOI_URL: zenodo.origin, SLIPWAY_ARCHIVES_ZENODO_URLS: zenodo.origin };
    const flags = ['--allow-host', zenodo.host, '--image-name', image];
    const environment = { ...ENVIRONMENT, ...settings };
    const built = await runToEnd(['build', ...flags, `doi:${ZENODO.conceptDoi}`], environment);
    expect(built).toMatchObject({ exitCode: 0, stdout: `${image}\n` });
    expect(built.stderr).toContain('Verified 1 of 1 sizes and 1 of 1 checksums');
    expect(built.stderr).toContain('Unpacked project-1.0.zip');
    expect(await runInImage(image, ['./run.sh'])).toEqual({ status: 0, output: 'ran in /home/jovyan' });
    expect(await runInImage(image, ['cat', 'sub/größe.txt'])).toEqual({ status: 0, output: 'in a zip' });
    const labels = JSON.parse((await slipway('inspect', '--json', image)).stdout) as Record<string, unknown>;
    expect(JSON.stringify(labels)).toContain(`${zenodo.origin}/records/${ZENODO.record}`);
    const hostile = makeZip([{ name: '../../escaped', data: 'x' }]);
    await using other = await startZenodo([{ name: 'code.zip', data: hostile }]);
    const address = `${other.origin}/records/${ZENODO.record}`;
    const refused = await runToEnd(['build', '--allow-host', other.host, address], {
      ...ENVIRONMENT,
      SLIPWAY_ARCHIVES_ZENODO_URLS: other.origin,
    });
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('FETCH_ARCHIVE_INVALID') as string });
  });

  it('says why a container cannot start, and leaves none', async () => {
    const ran = await slipway('run', '--image-name', image, directory, '/nonexistent/program');
    expect(ran).toMatchObject({ exitCode: 127 });
    expect(ran.stderr).toContain('/nonexistent/program');
    const refused = await slipway('run', '--image-name', image, '-v', `${directory}:/proc`, directory, 'true');
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('SESSION_START_FAILED');
    expect(await listRuns()).toBe(0);
  });

  it('runs Jupyter at the address it prints, until it is interrupted', async () => {
    const args = ['--disable-warning=ExperimentalWarning', 'services/cli/main.ts', 'run', '--image-name', image];
    const child = spawn(process.execPath, [...args, directory], {
      env: { ...process.env, ...ENVIRONMENT },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [printed] = (await once(child.stdout, 'data')) as [Buffer];
    const address = new URL(printed.toString().trim());
    expect(address.hostname).toBe('127.0.0.1');
    const listing = new URL('/api/contents/hello.txt', address);
    expect((await fetch(listing)).status).toBe(403);
    listing.search = address.search;
    expect(await (await fetch(listing)).json()).toMatchObject({ content: 'hello' });
    expect(await listRuns()).toBe(1);
    child.kill('SIGINT');
    await once(child, 'exit');
    expect(await listRuns()).toBe(0);
  });
});
