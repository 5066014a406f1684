import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LABELS } from '../../../services/contracts/labels.ts';
import { ensureTestBase, TEST_IMAGE_PREFIX } from '../../support/base-image.ts';
import { connectTestEngine, createImageScope, runInImage, type ImageScope } from '../../support/docker-engine.ts';
import { runToEnd } from '../../support/slipway-server.ts';

const ENVIRONMENT = { SLIPWAY_IMAGE_PREFIX: TEST_IMAGE_PREFIX, SECRET_HERE: 'from here' };

describe('building and running from the command line', () => {
  const engine = connectTestEngine();
  let scope: ImageScope;
  let directory = '';
  let image = '';
  beforeAll(async () => {
    await ensureTestBase(engine);
    scope = createImageScope(engine, 'run');
    image = `${scope.prefix}image:1`;
  });
  afterAll(() => scope[Symbol.asyncDispose]());
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'run-'));
    await writeFile(join(directory, 'hello.txt'), 'hello');
    await chmod(directory, 0o777);
    return () => rm(directory, { recursive: true, force: true });
  });

  const slipway = (...args: readonly string[]) => runToEnd(args, ENVIRONMENT);
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

    const shown = JSON.parse((await slipway('inspect', image)).stdout) as Record<string, unknown>;
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
    expect((await slipway('build', '--user-id', '7', directory)).exitCode).toBe(2);
    expect((await slipway('build')).exitCode).toBe(2);
    expect((await slipway('inspect', `${scope.prefix}absent`)).exitCode).toBe(1);
  });

  it('runs a command with its variables and mounts, keeps its edits, and ends as it ends', async () => {
    const script = 'echo "$GREETING $(cat hello.txt) $(cat /mounted/hello.txt)"; echo new > new.txt; exit 7';
    const flags = ['--image-name', image, '-e', 'GREETING=hi', '-v', `${directory}:/mounted:ro`, '--editable'];
    const ran = await slipway('run', ...flags, directory, 'sh', '-c', script);
    expect(ran).toMatchObject({ exitCode: 7, stdout: 'hi hello hello\n' });
    expect(existsSync(join(directory, 'new.txt'))).toBe(true);
    expect(await listRuns()).toBe(0);
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
