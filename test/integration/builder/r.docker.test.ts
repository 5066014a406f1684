import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCranServer, type CranPackage } from '../../support/cran-server.ts';
import { connectTestEngine, readBridgeAddress } from '../../support/docker-engine.ts';
import type { FileServer } from '../../support/file-server.ts';
import type { GitFiles } from '../../support/git-files.ts';
import { startImageBuilds, type ImageBuilds } from '../../support/image-builds.ts';
import { HARDNESS, makeMinerals } from '../../support/mineral-packages.ts';
import { makeNotebook } from '../../support/notebook.ts';

const broken: CranPackage = { name: 'broken', version: '1', code: 'stop("this does not install")' };

const SNAPSHOTS = {
  latest: [makeMinerals('2.0'), HARDNESS, broken],
  '2026-01-10': [makeMinerals('1.0'), HARDNESS],
};

/** A notebook whose kernel is that of R. */
const NOTEBOOK = makeNotebook({ source: 'cat(minerals::quartz(), R.version$language)', kernel: 'ir' });

const describePackage = (...fields: readonly string[]): GitFiles => ({
  DESCRIPTION: `${['Package: geology', 'Version: 0.1', 'Title: T', 'Description: D.', 'License: MIT', 'Author: A', 'Maintainer: A <a@example.org>', ...fields].join('\n')}\n`,
  NAMESPACE: 'export(name)\n',
  'R/name.R': 'name <- function() minerals::quartz()\n',
});

describe('R', () => {
  let cran: FileServer;
  let builds: ImageBuilds;

  beforeAll(async () => {
    cran = await startCranServer(await readBridgeAddress(connectTestEngine()), SNAPSHOTS);
    builds = await startImageBuilds('r', { build: { rRepository: `${cran.url}/{date}` } });
  });

  afterAll(async () => {
    await builds[Symbol.asyncDispose]();
    await cran[Symbol.asyncDispose]();
  });

  // The first build of R takes minutes; those after it share its layer.
  it('runs install.R when the content is there, and its kernel executes notebooks', { timeout: 900_000 }, async () => {
    const { image } = await builds.buildWell('install', {
      'install.R':
        '\uFEFFinstall.packages("minerals")\r\nwriteLines(readLines("here.txt"), file.path(Sys.getenv("R_LIBS_USER"), "read"))\r\n',
      'here.txt': 'the content\n',
      'requirements.txt': 'idna\n',
      'check.ipynb': NOTEBOOK,
    });
    expect(await builds.print(image, 'jupyter execute --inplace check.ipynb && cat check.ipynb')).toContain(
      'quartz [7] from 2.0 R',
    );
    expect(await builds.print(image, 'cat /srv/rlibs/read; stat -c %U /srv/rlibs; python -c "import idna"')).toBe(
      'the content\njovyan',
    );
    expect(await builds.print(image, 'find /run/slipway /tmp -not -type d 2> /dev/null')).toBe('');
  });

  it('installs what DESCRIPTION needs, Debian’s packages first, then the package itself', async () => {
    const { image, log } = await builds.buildWell(
      'package',
      describePackage('Depends: R (>= 4.1)', 'Imports: jsonlite (>= 1.5), minerals (>= 2.0), methods'),
    );
    expect(log).toMatch(/r: jsonlite \d.*\n.*r: minerals 2\.0/);
    expect(cran.requests.filter((path) => path.includes('jsonlite'))).toEqual([]);
    expect(await builds.print(image, `Rscript -e 'cat(geology::name(), find.package("jsonlite"))'`)).toBe(
      'quartz [7] from 2.0 /usr/lib/R/site-library/jsonlite',
    );
  });

  it('takes packages of a day from its snapshot', async () => {
    const { image, log } = await builds.buildWell('dated', {
      ...describePackage('Imports: minerals'),
      'runtime.txt': 'r-4.5-2026-01-10\n',
    });
    expect(log).toContain('runtime.txt: used, it asks for R 4.5, with packages as of 2026-01-10');
    expect(await builds.print(image, `Rscript -e 'cat(geology::name(), getOption("repos")[["CRAN"]])'`)).toBe(
      `quartz [7] from 1.0 ${cran.url}/2026-01-10`,
    );
  });

  it('takes packages of the day that a build is asked for (--as-of)', async () => {
    const files = { ...describePackage('Imports: minerals'), 'runtime.txt': 'r-4.5\n' };
    const { image } = await builds.buildWell('as-of', files, { asOf: '2026-01-10' });
    expect(await builds.print(image, `Rscript -e 'cat(geology::name())'`)).toBe('quartz [7] from 1.0');
  });

  it('restores renv.lock, also where a repository starts renv by itself', async () => {
    const one = (Package: string, Version: string) => ({ Package, Version, Source: 'Repository', Repository: 'CRAN' });
    const lock = {
      R: { Version: '4.5.0', Repositories: [{ Name: 'CRAN', URL: 'https://cran.example.org' }] },
      Packages: { hardness: one('hardness', '1.2'), minerals: one('minerals', '2.0') },
    };
    const { image } = await builds.buildWell('renv', { 'renv.lock': JSON.stringify(lock) });
    const use = `Rscript -e 'cat(minerals::quartz())'`;
    expect(await builds.print(image, use)).toBe('quartz [7] from 2.0');
    // What renv itself puts into a repository.
    const activate = `mkdir renv && Rscript -e 'file.copy(system.file("resources/activate.R", package = "renv"), "renv")' > /dev/null && sed -i 's/[.][.]version[.][.]/"1.0.0"/; s/[.][.]\\(sha\\|md5\\)[.][.]/NULL/' renv/activate.R && echo 'source("renv/activate.R")' > .Rprofile`;
    expect(await builds.print(image, `${activate} && test -s renv/activate.R && ${use}`)).toBe('quartz [7] from 2.0');
  });

  it.each([
    { name: 'error', script: 'stop("out of quartz")', message: 'out of quartz' },
    { name: 'absent', script: 'install.packages("nosuchpackage")', message: 'not be installed: nosuchpackage.' },
    {
      name: 'broken',
      script: 'utils::install.packages(c("hardness", "broken"))',
      message: 'not be installed: broken.',
    },
    { name: 'status', script: 'quit(status = 7)', message: 'exit code 7' },
    { name: 'early', script: 'install.packages("nosuchpackage"); quit()', message: 'not be installed: nosuchpackage.' },
    { name: 'parse', script: 'if (', message: 'unexpected end of input' },
  ])('case 48: a failing install.R fails the build: $name', async ({ name, script, message }) => {
    expect((await builds.build(`fails-${name}`, { 'install.R': `${script}\n` })).result).toMatchObject({
      ok: false,
      error: { code: 'BUILD_INSTALL_R_FAILED', message: expect.stringContaining(message) as string },
    });
  });

  it('says which package that DESCRIPTION needs cannot be had', async () => {
    const { result } = await builds.build('needs', describePackage('Imports: nosuchpackage (>= 1.0)'));
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'BUILD_PACKAGE_NOT_FOUND', message: expect.stringContaining(': nosuchpackage.') as string },
    });
    expect((await builds.build('older', describePackage('Imports: hardness (>= 9)'))).result).toMatchObject({
      ok: false,
      error: {
        code: 'BUILD_INSTALL_FAILED',
        message: 'Packages of R could not be installed: hardness (>= 9).',
      },
    });
  });

  it('is tried again later when the repository does not answer', async () => {
    const { hostname } = new URL(cran.url);
    await using away = await startImageBuilds('r-away', { build: { rRepository: `http://${hostname}:9` } });
    await expect(away.build('unreachable', describePackage('Imports: minerals'))).rejects.toMatchObject({
      code: 'BUILD_INDEX_UNREACHABLE',
      message: expect.stringContaining(hostname) as string,
    });
  });
});
