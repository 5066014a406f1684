import { createServer } from 'node:http';
import { once } from 'node:events';
import { readdir, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { execa } from 'execa';
import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAddressGuard, HostRefusedError } from '../../services/platform/address-guard.ts';
import { createGit } from '../../services/platform/git-command.ts';
import { createTemporaryDirectory } from '../../services/platform/temporary-directory.ts';
import { startGitServer, type GitServer, type ServedRepository } from '../support/git-server.ts';

const git = createGit(process.env);
const timeoutMs = 20_000;

/** A listener inside of the network, which nobody must reach. */
const startInside = async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { asked, origin, [Symbol.asyncDispose]: async () => void server.close() };
};

let served: ServedRepository;
let server: GitServer;
beforeAll(async () => {
  server = await startGitServer();
  served = await server.createRepository('repository', { 'README.md': 'first' });
});
afterAll(async () => server[Symbol.asyncDispose]());

describe('git', () => {
  const port = (): string => new URL(served.url).port;

  it('connects to the address that the guard saw, and asks no resolver itself', async () => {
    const remote = new URL(`http://pinned.invalid:${port()}/repository.git`);
    const guard = createAddressGuard(['pinned.invalid'], async () => ['127.0.0.1']);
    const { exitCode, stdout } = await git(['ls-remote', '--', remote.href, 'HEAD'], { remote, guard, timeoutMs });
    expect([exitCode, stdout]).toEqual([0, `${served.commit}\tHEAD`]);
  });

  it('is not run for a host that became private between two look-ups', async () => {
    const answers = ['93.184.216.34', '127.0.0.1'];
    const guard = createAddressGuard([], async () => [answers.shift() ?? '']);
    const remote = new URL(`https://rebind.example:${port()}/repository.git`);
    await guard(remote);
    await expect(git(['ls-remote', '--', remote.href], { remote, guard, timeoutMs })).rejects.toThrow(HostRefusedError);
  });

  it.each(['https://2130706433/a.git', 'https://0x7f.1/a.git', 'https://[::ffff:7f00:1]/a.git', 'http://github.com/a'])(
    'is not run for %s',
    async (address) => {
      const options = { remote: new URL(address), guard: createAddressGuard([]), timeoutMs };
      await expect(git(['ls-remote', '--', address], options)).rejects.toThrow(HostRefusedError);
    },
  );

  it('follows no redirect', async () => {
    await using inside = await startInside();
    const moved = fastify();
    moved.get('/*', async (request, reply) => reply.redirect(`${inside.origin}${request.url}`, 302));
    const origin = await moved.listen({ port: 0, host: '127.0.0.1' });
    const remote = new URL(`${origin}/a.git`);
    const guard = createAddressGuard([remote.host]);
    const { exitCode } = await git(['ls-remote', '--', remote.href], { remote, guard, timeoutMs });
    await moved.close();
    expect(exitCode).not.toBe(0);
    expect(inside.asked).toEqual([]);
  });

  it('takes no objects from another server that a repository names', async () => {
    await using inside = await startInside();
    await using place = await createTemporaryDirectory(tmpdir(), 'alternates-');
    const bare = join(place.path, 'served', 'a.git');
    await execa('git', ['clone', '--quiet', '--bare', served.url, bare]);
    await execa('git', ['update-server-info'], { cwd: bare });
    for (const name of await readdir(join(bare, 'objects')))
      if (/^[0-9a-f]{2}$|^pack$/.test(name)) await rm(join(bare, 'objects', name), { recursive: true });
    await writeFile(join(bare, 'objects', 'info', 'http-alternates'), `${inside.origin}/objects\n`);
    const dumb = fastify();
    dumb.register(fastifyStatic, { root: join(place.path, 'served') });
    const remote = new URL(`${await dumb.listen({ port: 0, host: '127.0.0.1' })}/a.git`);
    const guard = createAddressGuard([remote.host]);
    const into = join(place.path, 'into');
    await execa('git', ['init', '--quiet', into]);
    const args = ['fetch', '--', remote.href, '+refs/heads/*:refs/remotes/origin/*'];
    const { exitCode } = await git(args, { cwd: into, remote, guard, timeoutMs });
    const asked = [...inside.asked];
    await execa('git', ['-c', 'http.followRedirects=true', ...args], { cwd: into, reject: false });
    await dumb.close();
    expect([exitCode === 0, asked]).toEqual([false, []]);
    expect(inside.asked, 'git as it is would have asked').not.toEqual([]);
  });
});
