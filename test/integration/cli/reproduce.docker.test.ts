import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lock } from '../../../services/contracts/lock.ts';
import { shareTestBase } from '../../support/base-image.ts';
import { connectTestEngine, createImageScope, type ImageScope } from '../../support/docker-engine.ts';
import { startGitServer, type GitServer } from '../../support/git-server.ts';
import { runToEnd } from '../../support/slipway-server.ts';
import { validateBill } from '../../support/validate-bill.ts';

describe('building the same again', () => {
  const engine = connectTestEngine();
  let scope: ImageScope;
  let git: GitServer;
  let home = '';
  let config = '';

  beforeAll(async () => {
    scope = createImageScope(engine, 'reproduce');
    await shareTestBase(engine, scope.prefix);
    git = await startGitServer();
    home = await mkdtemp(join(tmpdir(), 'reproduce-'));
    config = join(home, 'slipway.yml');
    await writeFile(config, `imagePrefix: ${scope.prefix}\nallowHosts: ['${git.host}']\n`);
  });
  afterAll(async () => {
    await git[Symbol.asyncDispose]();
    await scope[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  /** Runs a command that must succeed, and gives what it prints. */
  const slipway = async (...args: readonly string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await runToEnd([...args, '--config', config]);
    if (exitCode !== 0) throw new Error(stderr);
    return stdout;
  };

  it('prints what is in an image, and makes one with the same packages from what it printed', async () => {
    const { url } = await git.createRepository('whole', { 'requirements.txt': 'humanize\n', 'a.ipynb': '{}' });
    const image = (await slipway('build', url)).trim();
    expect(await slipway('inspect', image)).toMatch(/^installed +0 Debian, 1 Python, .*\n {2}humanize==\d/m);
    expect(JSON.parse(await slipway('inspect', '--plan', image))).toMatchObject({ kind: 'environment' });
    expect(await validateBill(await slipway('inspect', '--sbom', image))).toBe('');
    const lock = await slipway('inspect', '--lock', image);
    expect(JSON.parse(await slipway('inspect', '--json', image))).toMatchObject({
      names: [image],
      plan: { install: [{ file: 'requirements.txt' }] },
      lock: JSON.parse(lock) as Lock,
    });

    const file = join(home, 'lock.json');
    await writeFile(file, lock);
    const again = (await slipway('build', '--locked', file, url)).trim();
    expect(again).not.toBe(image);
    expect(await slipway('inspect', '--lock', again)).toBe(lock);

    const other = await git.createRepository('other', { 'requirements.txt': 'six\n' });
    const refused = await runToEnd(['build', '--locked', file, other.url, '--config', config]);
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('LOCK_MISMATCH') as string });
    const invalid = await runToEnd(['build', '--locked', config, url, '--config', config]);
    expect(invalid).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('LOCK_INVALID') as string });
    expect(await readFile(file, 'utf8')).toBe(lock);
  });

  it('installs packages as they were on a day, or on that of the commit (case 81)', async () => {
    const { url } = await git.createRepository('day', { 'requirements.txt': 'humanize\n' });
    const versionIn = async (image: string): Promise<string | undefined> =>
      (JSON.parse(await slipway('inspect', '--lock', image)) as Lock).python.find(({ name }) => name === 'humanize')
        ?.version;
    const ofDay = (await slipway('build', '--as-of', '2022-12-31', url)).trim();
    expect(await versionIn(ofDay)).toBe('4.4.0');
    const ofCommit = (await slipway('build', '--as-of', 'commit', url)).trim();
    expect(await versionIn(ofCommit)).toBe('4.9.0');
    expect(ofCommit).not.toBe(ofDay);
    expect(await slipway('inspect', ofCommit)).toMatch(/^packages as of +2024-05-01$/m);
    const wrong = await runToEnd(['build', '--as-of', 'commit', 'fixtures/repos/empty', '--config', config]);
    expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('no commit whose day') as string });
  });
});
