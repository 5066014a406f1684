import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LABELS } from '../../../services/contracts/labels.ts';
import { ensureTestBase, readTestCaBundle, TEST_IMAGE_PREFIX } from '../../support/base-image.ts';
import { connectTestEngine, createImageScope, readBridgeAddress, runInImage } from '../../support/docker-engine.ts';
import { startPackageIndex, type PackageIndex } from '../../support/package-index.ts';
import { runToEnd } from '../../support/slipway-server.ts';

const PASSWORD = 'open-sesame-of-the-index';
const TOKEN = 'token-given-as-build-argument';
const MARKER = 'what-the-repository-says-itself';

describe('the secrets of an operator', () => {
  const engine = connectTestEngine();
  const scope = createImageScope(engine, 'secrets');
  const image = `${scope.prefix}image:1`;
  let index: PackageIndex;
  let directory = '';
  beforeAll(async () => {
    await ensureTestBase(engine);
    const packages = [`harbour${process.pid}`, `mole${process.pid}`, `quay${process.pid}`];
    const address = await readBridgeAddress(engine);
    index = await startPackageIndex({ address, user: 'reader', password: PASSWORD, packages });
    directory = await mkdtemp(join(tmpdir(), 'secrets-'));
  });
  afterAll(async () => {
    await index[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
    await scope[Symbol.asyncDispose]();
  });

  const build = async (files: Readonly<Record<string, string>>, args: readonly string[] = []) => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
    return runToEnd(['build', '--image-name', image, '--debug', ...args, directory], {
      SLIPWAY_IMAGE_PREFIX: TEST_IMAGE_PREFIX,
      SLIPWAY_BUILD_INDEX_URL: index.url,
    });
  };

  /** Which of the texts are anywhere in what `docker save` writes: configuration, history and the files of all layers. */
  const findInImage = async (texts: readonly string[]): Promise<string[]> => {
    const found = new Set<string>();
    let rest = Buffer.alloc(0);
    for await (const chunk of (await engine.getImage(image).get()) as AsyncIterable<Buffer>) {
      const bytes = Buffer.concat([rest, chunk]);
      for (const text of texts) if (bytes.includes(text)) found.add(text);
      rest = bytes.subarray(-200);
    }
    return [...found].sort();
  };

  /** A line of a certificate authority that builds are told to trust and that Debian does not have, where there is one. */
  const findOwnAuthority = async (): Promise<string[]> => {
    const { name } = await ensureTestBase(engine);
    const { output } = await runInImage(name, ['cat', '/etc/ssl/certs/ca-certificates.crt']);
    const lines = ((await readTestCaBundle()) ?? '').split('\n').filter((line) => /^[A-Za-z0-9+/]{64}$/.test(line));
    return lines.filter((line) => !output.includes(line)).slice(0, 1);
  };

  it('reach uv and postBuild, and nothing that is kept (cases 23 and 82)', async () => {
    const [early, late, last] = ['harbour', 'quay', 'mole'].map((name) => `${name}${process.pid}`);
    const files = {
      'requirements.txt': `${early}\n`,
      postBuild: `#!/bin/sh\nset -e\nuv pip install --python "$NB_PYTHON_PREFIX/bin/python" ${late} ${last}\necho index: $PIP_INDEX_URL\n`,
      'note.txt': `${MARKER} ${Date.now()}\n`,
    };
    const built = await build(files, ['--build-arg', `TOKEN=${TOKEN}`]);
    expect(built).toMatchObject({ exitCode: 0 });
    expect(new Set(index.answered.filter((path) => path.endsWith('.whl'))).size).toBe(3);
    expect(built.stderr).toContain(`index: http://${index.host}/simple`);
    expect(built.stdout + built.stderr).not.toMatch(new RegExp(`${PASSWORD}|${TOKEN}`));
    const { status } = await runInImage(image, ['python', '-c', `import ${early}, ${late}, ${last}`]);
    expect(status).toBe(0);

    const secrets = [PASSWORD, TOKEN, Buffer.from(`reader:${PASSWORD}`).toString('base64')];
    expect(await findInImage([...secrets, ...(await findOwnAuthority()), MARKER])).toEqual([MARKER]);
    const { Config } = await engine.getImage(image).inspect();
    const environment = `${TEST_IMAGE_PREFIX}env:${Config.Labels[LABELS.environmentKey]}`;
    const records = [image, environment].map(async (name) => [
      await engine.getImage(name).inspect(),
      await engine.getImage(name).history(),
    ]);
    const recorded = JSON.stringify(await Promise.all(records));
    expect(recorded).toContain('slipway:install');
    for (const secret of secrets) expect(recorded).not.toContain(secret);
    await engine.getImage(image).remove({ force: true });
    await engine.getImage(environment).remove({ force: true });
  });

  it('are not in what a failing build says', async () => {
    const failing = { 'requirements.txt': `not-there${process.pid}\n`, postBuild: '#!/bin/sh\n' };
    const failed = await build(failing);
    expect(failed).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('BUILD_PACKAGE_NOT_FOUND') as string });
    expect(failed.stderr).not.toContain(PASSWORD);
    const printing = { 'requirements.txt': '', postBuild: '#!/bin/sh\necho with $UV_DEFAULT_INDEX; exit 4\n' };
    const printed = await build(printing);
    expect(printed).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('exit code 4') as string });
    expect(printed.stderr).toContain(`with http://${index.host}/simple`);
    expect(printed.stderr).not.toContain(PASSWORD);
  });
});
