import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContentTar } from '../../../services/builder/image/content-tar.ts';
import { connectTestEngine, readBridgeAddress } from '../../support/docker-engine.ts';
import { startImageBuilds, type ImageBuilds } from '../../support/image-builds.ts';

/**
 * What stands in for Julia, which cannot be had here: it writes down how it was called, and the kernel that IJulia
 * would write. That Julia itself understands what it is told is not shown.
 */
const STAND_IN = `#!/bin/sh
case "$*" in
  *installkernel*)
    mkdir -p "$JUPYTER_DATA_DIR/kernels/julia"
    echo '{"argv": ["julia"], "display_name": "Julia", "language": "julia"}' > "$JUPYTER_DATA_DIR/kernels/julia/kernel.json" ;;
esac
echo "$JULIA_PROJECT: $*" >> "$JULIA_DEPOT_PATH/calls"
`;

const makeRelease = async (version: string): Promise<Buffer> => {
  const program = { kind: 'text', path: `julia-${version}/bin/julia`, text: STAND_IN, isExecutable: true } as const;
  return gzipSync(await buffer(createContentTar([program], 0)));
};

const makeFiles = async (): Promise<Map<string, Buffer>> => {
  const files = new Map<string, Buffer>();
  for (const version of ['1.10.10', '1.9.2', '1.8.5']) {
    const name = `julia-${version}-linux-x86_64.tar.gz`;
    const bytes = await makeRelease(version);
    files.set(`/bin/linux/x64/${version.replace(/\.\d+$/, '')}/${name}`, bytes);
    const sum = createHash('sha256')
      .update(version === '1.8.5' ? 'another' : bytes)
      .digest('hex');
    if (version !== '1.9.2')
      files.set(`/bin/checksums/julia-${version}.sha256`, Buffer.from(`${sum}  ${name}\n${sum}  ${name}.asc\n`));
  }
  return files;
};

describe('Julia, with a stand-in for its releases', () => {
  let server: Server;
  let builds: ImageBuilds;

  beforeAll(async () => {
    const files = await makeFiles();
    server = createServer(({ url = '' }, response) => {
      const file = files.get(url);
      response.writeHead(file === undefined ? 404 : 200).end(file);
    });
    const address = await readBridgeAddress(connectTestEngine());
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, address, resolve));
    const juliaMirror = `http://${address}:${(server.address() as AddressInfo).port}`;
    builds = await startImageBuilds('julia', { juliaMirror });
  });

  afterAll(async () => {
    server.closeAllConnections();
    server.close();
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

  it('is the version of the manifest, also from a mirror without checksums', async () => {
    const { image } = await builds.buildWell('manifest', {
      ...project('1'),
      'Manifest.toml': 'julia_version = "1.9.2"\n',
    });
    expect(await builds.print(image, 'echo $JULIA_VERSION')).toBe('1.9.2');
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
