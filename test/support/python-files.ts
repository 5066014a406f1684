import { execa } from 'execa';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One file of an index. */
export type PythonFile = { readonly name: string; readonly file: string; readonly content: Buffer };

type Release = { readonly name: string; readonly version?: string; readonly files: Readonly<Record<string, string>> };

const WHEEL = `
import json, sys, zipfile
path, files = sys.argv[1], json.loads(sys.argv[2])
with zipfile.ZipFile(path, "w") as wheel:
    for name, text in files.items():
        entry = zipfile.ZipInfo(name)
        entry.external_attr = (0o755 if "/scripts/" in name else 0o644) << 16
        wheel.writestr(entry, text)
`;

const SOURCE = `
import io, json, sys, tarfile
path, files = sys.argv[1], json.loads(sys.argv[2])
with tarfile.open(path, "w:gz") as archive:
    for name, text in files.items():
        entry = tarfile.TarInfo(name)
        entry.size = len(text.encode())
        archive.addfile(entry, io.BytesIO(text.encode()))
`;

const pack = async (program: string, file: string, files: Readonly<Record<string, string>>): Promise<Buffer> => {
  const directory = await mkdtemp(join(tmpdir(), 'python-file-'));
  try {
    const path = join(directory, file);
    await execa('python3', ['-c', program, path, JSON.stringify(files)]);
    return await readFile(path);
  } finally {
    await rm(directory, { recursive: true });
  }
};

const metadata = (name: string, version: string): string =>
  `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`;

/** A wheel for any platform; files below `{name}-{version}.data/scripts/` are programs. */
export const makeWheel = async ({ name, version = '1.0', files }: Release): Promise<PythonFile> => {
  const info = `${name}-${version}.dist-info`;
  const all: Record<string, string> = {
    ...files,
    [`${info}/METADATA`]: metadata(name, version),
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  };
  all[`${info}/RECORD`] = [...Object.keys(all), `${info}/RECORD`].map((path) => `${path},,\n`).join('');
  const file = `${name}-${version}-py3-none-any.whl`;
  return { name, file, content: await pack(WHEEL, file, all) };
};

/** What a source distribution runs to become a wheel, after a piece of its author's code. */
const renderBackend = (name: string, version: string, code: string): string => `${code}
import os, zipfile
def build_wheel(directory, settings=None, metadata=None):
    file = "${name}-${version}-py3-none-any.whl"
    info = "${name}-${version}.dist-info"
    with zipfile.ZipFile(os.path.join(directory, file), "w") as wheel:
        wheel.writestr("${name}.py", "VERSION = '${version}'\\n")
        wheel.writestr(f"{info}/METADATA", ${JSON.stringify(metadata(name, version))})
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", f"${name}.py,,\\n{info}/METADATA,,\\n{info}/WHEEL,,\\n{info}/RECORD,,\\n")
    return file
`;

/** A source distribution that builds itself, with nothing from elsewhere, and runs `code` when it does. */
export const makeSource = async (name: string, version: string, code: string): Promise<PythonFile> => {
  const top = `${name}-${version}`;
  const file = `${top}.tar.gz`;
  const content = await pack(SOURCE, file, {
    [`${top}/PKG-INFO`]: metadata(name, version),
    [`${top}/pyproject.toml`]: '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    [`${top}/backend.py`]: renderBackend(name, version, code),
  });
  return { name, file, content };
};
