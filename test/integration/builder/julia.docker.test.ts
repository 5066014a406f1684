import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectTestEngine, readBridgeAddress } from '../../support/docker-engine.ts';
import { startFileServer, type FileServer } from '../../support/file-server.ts';
import { startImageBuilds, type ImageBuilds } from '../../support/image-builds.ts';
import { makeJuliaReleases } from '../../support/julia-releases.ts';

describe('Julia, with a stand-in for its releases', () => {
  let server: FileServer;
  let builds: ImageBuilds;

  beforeAll(async () => {
    server = await startFileServer(await readBridgeAddress(connectTestEngine()), await makeJuliaReleases());
    builds = await startImageBuilds('julia', { build: { juliaMirror: server.url } });
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await builds[Symbol.asyncDispose]();
  });

  const project = (compat: string) => ({ 'Project.toml': `[deps]\n[compat]\njulia = "${compat}"\n` });

  it('is downloaded, checked and told to install the kernel, then the packages of the project', async () => {
    const { image } = await builds.buildWell('whole', { ...project('~1.10'), 'requirements.txt': 'idna\n' });
    const calls = await builds.print(image, 'cat $JULIA_DEPOT_PATH/calls; echo $JULIA_VERSION; command -v julia');
    expect(calls.split('\n')).toEqual([
      ': --project=@v#.# -e import Pkg; Pkg.add("IJulia"); using IJulia; installkernel("Julia", "--project=/home/jovyan")',
      '/home/jovyan: -e import Pkg; Pkg.instantiate(); Pkg.resolve(); Pkg.instantiate()',
      '1.10.10',
      '/srv/julia/bin/julia',
    ]);
    expect(
      await builds.print(image, 'jupyter kernelspec list; python -c "import idna"; stat -c %U /srv/julia/pkg'),
    ).toMatch(/julia +\/srv\/conda\/envs\/notebook\/share\/jupyter\/kernels\/julia[^]*jovyan/);
  });

  it.each([
    { name: 'checksum', compat: '~1.8', code: 'BUILD_INSTALL_FAILED', message: 'another checksum' },
    { name: 'absent', compat: '~1.7', code: 'BUILD_PACKAGE_NOT_FOUND', message: 'no such release' },
  ])('says what is wrong with a download: $name', async ({ name, compat, code, message }) => {
    expect((await builds.build(name, project(compat))).result).toMatchObject({
      ok: false,
      error: { code, message: expect.stringContaining(message) as string },
    });
  });
});
