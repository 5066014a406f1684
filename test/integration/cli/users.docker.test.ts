import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCommandImage, type CommandImage } from '../../support/command-image.ts';
import { connectTestEngine, runInImage } from '../../support/docker-engine.ts';

const engine = connectTestEngine();
let made: CommandImage;
let directory = '';
let image = '';

beforeAll(async () => {
  made = await startCommandImage('users');
  ({ image } = made);
  directory = await mkdtemp(join(tmpdir(), 'users-'));
  await chmod(directory, 0o777);
  await writeFile(join(directory, 'hello.txt'), 'hello');
  await writeFile(join(directory, 'requirements.txt'), 'six==1.17.0\n');
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
  await made[Symbol.asyncDispose]();
});

const slipway = (...args: readonly string[]) => made.slipway(...args);
const lines = async (command: string, options: { readonly User?: string } = {}): Promise<string[]> =>
  (await runInImage(image, ['sh', '-c', command], options)).output.split('\n');
const environmentOf = async (): Promise<string | undefined> =>
  (await engine.getImage(image).inspect()).Config.Labels['slipway.environment-key'];

/** What a session needs: to change content and packages, and a home directory. */
const CHANGES = [
  'echo changed >> hello.txt && cat hello.txt',
  'touch new.txt && rm new.txt',
  'uv pip uninstall --python "$NB_PYTHON_PREFIX/bin/python" --quiet six && echo without six',
  'jupyter --runtime-dir > /dev/null && touch "$HOME/at-home" && echo at home',
].join(' && ');
const CHANGED = ['hello', 'changed', 'without six', 'at home'];

const SERVES = [
  'JUPYTER_TOKEN=x jupyter lab --ip=127.0.0.1 --port=8888 --no-browser > /tmp/log 2>&1 &',
  'for i in $(seq 60); do curl -sf http://127.0.0.1:8888/api > /dev/null && echo serves && exit; sleep 1; done; cat /tmp/log',
].join(' ');

describe('an image', () => {
  let environment: string | undefined;

  it('runs as any user, who may change its content and its packages', async () => {
    await writeFile(join(directory, 'hello.txt'), 'hello\n');
    expect((await slipway('build', '--image-name', image, directory)).exitCode).toBe(0);
    environment = await environmentOf();
    expect(await lines('id -u; id -g')).toEqual(['1000', '1000']);
    expect(await lines(CHANGES)).toEqual(CHANGED);
    expect(await lines(`id -u; ${CHANGES}`, { User: '4321' })).toEqual(['4321', ...CHANGED]);
    expect(await lines(SERVES, { User: '4321' })).toEqual(['serves']);
  });

  it('serves Jupyter to a user who may not even write the home directory', async () => {
    expect(await lines('test -w "$REPO_DIR" || pwd', { User: '4321:4321' })).toEqual(['/home/jovyan']);
    expect(await lines(SERVES, { User: '4321:4321' })).toEqual(['serves']);
  });

  it('has another user and place for its content where that is asked for, on the same environment', async () => {
    await writeFile(join(directory, 'postBuild'), '#!/bin/sh\npwd > built.txt\nid -u >> built.txt\n');
    await writeFile(join(directory, 'start'), '#!/bin/sh\nexport STARTED=yes\nexec "$@"\n');
    const flags = ['--user-id', '4321', '--user-name', 'me', '--target-repo-dir', '/srv/repo', '--image-name', image];
    const built = await slipway('build', ...flags, directory);
    expect(built).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('is unchanged') as string });
    expect(await environmentOf()).toBe(environment);
    const script = 'id -un; id -u; pwd; echo "$HOME $REPO_DIR $NB_USER $NB_UID $STARTED"; cat built.txt; ls -A "$HOME"';
    const [name, uid, place, variables, ...rest] = await lines(script);
    expect([name, uid, place, variables]).toEqual(['me', '4321', '/srv/repo', '/home/me /srv/repo me 4321 yes']);
    expect(rest.slice(0, 2)).toEqual(['/srv/repo', '4321']);
    expect(rest).not.toContain('hello.txt');
    expect(await lines(CHANGES)).toEqual(CHANGED);
    expect(await lines(SERVES)).toEqual(['serves']);
  });

  it('has the home of the user that is asked for as the place of its content', async () => {
    const built = await slipway('build', '--user-name', 'me', '--image-name', image, directory);
    expect(built.exitCode).toBe(0);
    expect(await lines('id -un; pwd; test -O hello.txt && echo mine; ls /home')).toEqual([
      'me',
      '/home/me',
      'mine',
      'me',
    ]);
  });

  it('edits a directory of this machine as the user who has it', async () => {
    const flags = ['--user-id', '4321', '--target-repo-dir', '/srv/repo', '--image-name', image, '--editable'];
    const ran = await slipway('run', ...flags, directory, 'sh', '-c', 'pwd; echo edited > edited.txt; exit 5');
    expect(ran).toMatchObject({ exitCode: 5, stdout: '/srv/repo\n' });
    expect(await readFile(join(directory, 'edited.txt'), 'utf8')).toBe('edited\n');
    expect((await stat(join(directory, 'edited.txt'))).uid).toBe(4321);
  });

  it('tells a Dockerfile of the repository what was asked for', async () => {
    const text = `FROM ${image}\nARG NB_USER\nARG NB_UID\nARG REPO_DIR\nRUN echo "$NB_USER $NB_UID $REPO_DIR" > told\n`;
    await writeFile(join(directory, 'Dockerfile'), text);
    const flags = ['--user-id', '77', '--user-name', 'you', '--image-name', `${image}-file`];
    expect((await slipway('build', ...flags, directory)).exitCode).toBe(0);
    expect((await runInImage(`${image}-file`, ['cat', 'told'])).output).toBe('you 77 /home/you');
  });
});
