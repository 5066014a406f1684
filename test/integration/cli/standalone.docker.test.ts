import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LABELS } from '../../../services/contracts/labels.ts';
import { ensureTestBase, TEST_IMAGE_PREFIX } from '../../support/base-image.ts';
import { connectTestEngine, createImageScope, runInImage, type ImageScope } from '../../support/docker-engine.ts';
import { runToEnd } from '../../support/slipway-server.ts';

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
};

describe('an image from the command line', () => {
  const engine = connectTestEngine();
  let scope: ImageScope;
  let directory = '';
  let config = '';
  let image = '';
  beforeAll(async () => {
    await ensureTestBase(engine);
    scope = createImageScope(engine, 'standalone');
    directory = await mkdtemp(join(tmpdir(), 'standalone-'));
    config = `${directory}.yaml`;
    image = `${scope.prefix}image:1`;
    await writeFile(config, `imagePrefix: ${TEST_IMAGE_PREFIX}\n`);
    await writeFile(join(directory, 'hello.txt'), 'hello');
    await writeFile(join(directory, 'start'), '#!/bin/sh\nexport STARTED=yes\nexec "$@"\n');
  });
  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
    await rm(config, { force: true });
    await scope[Symbol.asyncDispose]();
  });

  it('is made with the settings of a file, under the name that is given', async () => {
    const built = await runToEnd(['build', '--config', config, '--debug', '--image-name', image, directory]);
    expect(built).toMatchObject({ exitCode: 0, stdout: `${image}\n` });
    const { Config } = await engine.getImage(image).inspect();
    expect(Config.Labels[LABELS.kind]).toBe('commit');
    expect(Config.ExposedPorts).toHaveProperty('8888/tcp');
  });

  it('runs a command through start in the directory of the repository, and ends as it ends', async () => {
    const { status, output } = await runInImage(image, ['sh', '-c', 'pwd; echo "$STARTED $1"; exit 9', 'sh', 'a  b']);
    expect({ status, output }).toEqual({ status: 9, output: '/home/jovyan\nyes a  b' });
  });

  it('serves Jupyter on port 8888 with the token that it is given', async () => {
    const container = await engine.createContainer({ Image: image, Env: ['JUPYTER_TOKEN=the-token'] });
    try {
      await container.start();
      const address = (await container.inspect()).NetworkSettings.Networks['bridge']?.IPAddress ?? '';
      const ask = (token: string): Promise<number> =>
        fetch(`http://${address}:8888/api/contents/hello.txt`, { headers: { authorization: `token ${token}` } })
          .then(({ status }) => status)
          .catch(() => 0);
      await expect.poll(() => ask('the-token'), { timeout: 60_000 }).toBe(200);
      expect(await ask('another')).toBe(403);
    } finally {
      await container.remove({ force: true });
    }
  });

  it('is reached by the ports that are published, and by all that it exposes', async () => {
    const port = await freePort();
    const flags = ['--config', config, '--image-name', image, '-P', '-p', `127.0.0.1:${port}:9000`];
    const args = ['--disable-warning=ExperimentalWarning', 'services/cli/main.ts', 'run', ...flags, directory];
    const child = spawn(process.execPath, [...args, 'python', '-m', 'http.server', '9000'], { stdio: 'ignore' });
    const read = (): Promise<string> =>
      fetch(`http://127.0.0.1:${port}/hello.txt`)
        .then((response) => response.text())
        .catch(() => '');
    await expect.poll(read, { timeout: 60_000 }).toBe('hello');
    const filters = { label: [`${LABELS.kind}=run`], ancestor: [image] };
    const ports = (await engine.listContainers({ filters })).flatMap(({ Ports }) => Ports);
    expect(ports.filter(({ PublicPort }) => PublicPort > 0).map(({ PrivatePort }) => PrivatePort)).toEqual(
      expect.arrayContaining([8888, 9000]),
    );
    child.kill('SIGINT');
    await once(child, 'exit');
    expect(await engine.listContainers({ all: true, filters })).toEqual([]);
  });
});
