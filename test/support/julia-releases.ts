import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { createContentTar } from '../../services/builder/image/content-tar.ts';

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

/** Releases as their server has them: one as it should be, one without its checksum, one with that of another file. */
export const makeJuliaReleases = async (): Promise<Map<string, Buffer>> => {
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
