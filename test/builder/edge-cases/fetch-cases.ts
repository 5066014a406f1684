import { createHash } from 'node:crypto';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { unpack } from '../../../services/builder/fetch/archive/unpack.ts';
import { createGitFetcher } from '../../../services/builder/fetch/git-fetcher.ts';
import { createContentTar } from '../../../services/builder/image/content-tar.ts';
import { makeImageName } from '../../../services/contracts/image-name.ts';
import { FORGES } from '../../support/forges.ts';
import { createGitProvider } from '../../../services/launcher/repo/git-provider.ts';
import { createAddressGuard } from '../../../services/platform/address-guard.ts';
import { createGit } from '../../../services/platform/git-command.ts';
import { findCommit, isRefName } from '../../../services/platform/git-ref.ts';
import { DATASET, startCkan } from '../../support/archives/ckan-server.ts';
import { findOn } from '../../support/archives/find-on.ts';
import { makeZip, type ZipPart } from '../../support/zip.ts';
import { runGenerator } from '../../support/run-generator.ts';
import { makeBuildRequest } from '../build-request.ts';
import type { EdgeCase } from './edge-case.ts';
import type { Tools } from './tools.ts';

const [ONE, TWO] = ['1'.repeat(40), '2'.repeat(40)];

const gitmodules = (url: string): string => `[submodule "x"]\n\tpath = deps/x\n\turl = ${url}\n`;

const digestOf = async (directory: string): Promise<string> => {
  const hash = createHash('sha256');
  const tar = createContentTar([{ kind: 'tree', directory, prefix: '' }], 0);
  for await (const chunk of tar) hash.update(chunk as Buffer);
  return hash.digest('hex');
};

type Outer = { readonly name: string; readonly url: string; readonly commit?: string };

const buildOuter = async (tools: Tools, { name, url, commit = ONE }: Outer) => {
  const server = await tools.git();
  const files = { '.gitmodules': gitmodules(url), 'deps/x': { submodule: commit } };
  return tools.buildGit(await server.createRepository(name, files));
};

/** What a commit consists of, and which commit is meant. */
export const FETCH_CASES: readonly EdgeCase[] = [
  {
    number: 66,
    title: 'submodules are relative, private, on this machine, or at a commit that is gone',
    verify: async (tools) => {
      const server = await tools.git();
      const { commit } = await server.createRepository('inner', { 'inner.txt': 'inner' });
      const { image } = await buildOuter(tools, { name: 'outer', url: '../inner.git', commit });
      expect((await tools.run(image, ['cat', 'deps/x/inner.txt'])).output).toBe('inner');
      for (const [name, url] of [
        ['outer-gone', '../inner.git'],
        ['outer-private', '../there-is-none.git'],
        ['outer-file', 'file:///etc'],
        ['outer-ssh', 'git@example.org:a/b.git'],
      ] as const) {
        const { result } = await buildOuter(tools, { name, url });
        expect(result).toMatchObject({
          ok: false,
          error: {
            code: 'FETCH_SUBMODULE_FAILED',
            message: expect.stringContaining('deps/x') as string,
          },
        });
      }
    },
  },
  {
    number: 67,
    title: 'a file is a pointer of Git LFS',
    verify: async (tools) => {
      const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'ab'.repeat(32)}\nsize 1000000000\n`;
      const server = await tools.git();
      const { image, log } = await tools.buildGit(await server.createRepository('lfs', { 'data.bin': pointer }));
      expect(log).toContain('1 file is a Git LFS pointer ("data.bin")');
      expect((await tools.run(image, ['cat', 'data.bin'])).output).toBe(pointer.trimEnd());
    },
  },
  {
    number: 68,
    title: 'a repository is larger than the server allows',
    verify: async (tools) => {
      const server = await tools.git();
      const served = await server.createRepository('huge', {
        'big.bin': Buffer.alloc(2 ** 21, Math.random().toString()),
      });
      const options = { git: createGit(process.env), guard: createAddressGuard([server.host]), timeoutMs: 20_000 };
      const fetcher = createGitFetcher({ ...options, maxBytes: 2 ** 20 });
      const run = fetcher.fetch(makeBuildRequest(served), await tools.directory(), AbortSignal.timeout(20_000));
      await expect(runGenerator(run)).rejects.toMatchObject({
        code: 'FETCH_TOO_LARGE',
        message: expect.stringContaining('1 MiB') as string,
      });
    },
  },
  {
    number: 69,
    title: 'a ref has a slash, is a branch and a tag, is short, or looks like an option',
    verify: async (tools) => {
      const listed = [`${ONE}\trefs/heads/main`, `${TWO}\trefs/heads/feature/main`, `${TWO}\trefs/tags/main`].join(
        '\n',
      );
      expect(findCommit(listed, 'feature/main')).toBe(TWO);
      expect(findCommit(listed, 'main')).toBe(ONE);
      expect(findCommit(listed, 'refs/tags/main')).toBe(TWO);
      expect(findCommit(listed, '1111111')).toBeUndefined();
      expect(findCommit(`${ONE}\trefs/pull/7/head\n`, 'refs/pull/7/head')).toBe(ONE);
      for (const name of ['--upload-pack=id', '-x', 'a..b', 'a b', 'a\n']) expect(isRefName(name)).toBe(false);
      expect(isRefName('größe')).toBe(true);
      const server = await tools.git();
      const { url, commit } = await server.createRepository('refs', { a: 'a' });
      const provider = createGitProvider({
        git: createGit(process.env),
        guard: createAddressGuard([server.host]),
        forges: FORGES,
      });
      const resolve = (ref: string) =>
        provider.resolve(`${encodeURIComponent(url)}/${encodeURIComponent(ref)}`, AbortSignal.timeout(20_000));
      expect(await resolve('main')).toMatchObject({ commit });
      await expect(resolve('--upload-pack=id')).rejects.toMatchObject({ code: 'REPO_SPEC_INVALID' });
    },
  },
  {
    number: 70,
    title: 'equal content is the same layer, whenever and by whom it was written',
    verify: async (tools) => {
      const [one, other] = [await tools.directory(), await tools.directory()];
      for (const directory of [one, other]) await writeFile(join(directory, 'a.txt'), 'a');
      await utimes(join(other, 'a.txt'), 1, 1);
      expect(await digestOf(one)).toBe(await digestOf(other));
      await writeFile(join(other, 'a.txt'), 'b');
      expect(await digestOf(one)).not.toBe(await digestOf(other));
      const name = makeImageName({ prefix: '', canonical: 'example.org/a', commit: ONE });
      expect(name).toMatch(new RegExp(`:${ONE}$`));
    },
  },
  {
    number: 71,
    title: 'an image of the same name is built again when files have changed',
    verify: async (tools) => {
      const directory = await tools.directory();
      await writeFile(join(directory, 'a.txt'), 'first');
      const first = await tools.buildDirectory(directory);
      await writeFile(join(directory, 'a.txt'), 'second');
      const second = await tools.buildDirectory(directory, first.image);
      expect(second.image).toBe(first.image);
      expect((await tools.run(second.image, ['cat', 'a.txt'])).output).toBe('second');
    },
  },
  {
    number: 72,
    title: 'archives with one file, doubled directories, paths that escape, bombs',
    verify: async (tools) => {
      const home = await tools.directory();
      let count = 0;
      const open = async (parts: readonly ZipPart[], maxBytes = 2 ** 20) => {
        count += 1;
        const [archive, into] = [join(home, `${count}.zip`), join(home, `into-${count}`)];
        await writeFile(archive, makeZip(parts));
        return unpack(archive, 'x.zip', { into, maxBytes, maxEntries: 100, signal: AbortSignal.timeout(20_000) });
      };
      const single = await open([{ name: 'only.csv', data: 'a' }]);
      expect(await readdir(single.directory)).toEqual(['only.csv']);
      const doubled = await open([
        { name: 'a/a/x', data: 'x' },
        { name: '__MACOSX/a/._x', data: '' },
      ]);
      expect(await readdir(doubled.directory)).toEqual(['a']);
      for (const name of ['../escaped', '/escaped', 'a/../../escaped'])
        await expect(open([{ name, data: 'x' }])).rejects.toMatchObject({ code: 'FETCH_ARCHIVE_INVALID' });
      await expect(open([{ name: 'bomb', data: 'x'.repeat(2 ** 21) }])).rejects.toMatchObject({
        code: expect.stringMatching(/^FETCH_(?:TOO_LARGE|ARCHIVE_INVALID)$/) as string,
      });
      expect(await readdir(home)).not.toContain('escaped');
    },
  },
  {
    number: 73,
    title: 'files of a record that end in the same name',
    verify: async () => {
      const paths = ['/1/data.csv', '/2/data.csv', '/3/data-2.csv'];
      await using server = await startCkan(paths.map((path) => ({ path, data: path })));
      const record = await findOn(server, `${server.origin}/data/dataset/${DATASET}`);
      const names = record?.files.map(({ name }) => name) ?? [];
      expect(new Set(names).size).toBe(paths.length);
      expect(names[0]).toBe('data.csv');
    },
  },
  {
    number: 85,
    title: 'nobody is asked about a plain Git repository but its host',
    verify: async (tools) => {
      const server = await tools.git();
      const { url, commit } = await server.createRepository('alone', { 'requirements.txt': '# nothing\n' });
      const asked: string[] = [];
      const allow = createAddressGuard([server.host]);
      const guard = (address: URL) => {
        asked.push(address.host);
        return allow(address);
      };
      const git = createGit(process.env);
      const provider = createGitProvider({ git, guard, forges: FORGES });
      const spec = `${encodeURIComponent(url)}/HEAD`;
      expect(await provider.resolve(spec, AbortSignal.timeout(20_000))).toMatchObject({ commit });
      const fetcher = createGitFetcher({ git, guard, timeoutMs: 20_000, maxBytes: 2 ** 20 });
      const request = makeBuildRequest({ url, commit });
      await runGenerator(fetcher.fetch(request, await tools.directory(), AbortSignal.timeout(20_000)));
      expect([...new Set(asked)]).toEqual([server.host]);
    },
  },
];
