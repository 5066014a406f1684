import { execa } from 'execa';
import { sign, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REGISTRY_USER } from './docker-registry.ts';

/** A server that gives the tokens a registry believes, to REGISTRY_USER only. */
export type TokenServer = AsyncDisposable & {
  /** For the configuration of the registry. */
  readonly auth: Readonly<Record<string, unknown>>;
  /** The scopes that were asked for, as text. */
  readonly scopes: readonly string[];
};

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const parseScope = (scope: string) => {
  const [type, name, actions = ''] = scope.split(':');
  return { type, name, actions: actions.split(',') };
};

const makeSigner = async (home: string) => {
  const [key, certificate] = [join(home, 'key.pem'), join(home, 'certificate.pem')];
  const subject = ['-subj', '/CN=test', '-days', '2', '-keyout', key, '-out', certificate];
  await execa('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject]);
  const der = new X509Certificate(await readFile(certificate)).raw.toString('base64');
  const pem = await readFile(key, 'utf8');
  return {
    certificate,
    render: (claims: object): string => {
      const signed = `${encode({ typ: 'JWT', alg: 'RS256', x5c: [der] })}.${encode(claims)}`;
      return `${signed}.${sign('sha256', Buffer.from(signed), pem).toString('base64url')}`;
    },
  };
};

/** Starts a token server of the distribution project's kind on a free port of 127.0.0.1. */
export const startTokenServer = async (): Promise<TokenServer> => {
  const home = await mkdtemp(join(tmpdir(), 'token-server-'));
  const signer = await makeSigner(home);
  const scopes: string[] = [];
  const basic = Buffer.from(`${REGISTRY_USER.username}:${REGISTRY_USER.password}`).toString('base64');
  const server = createServer((request, response) => {
    const asked = new URL(request.url ?? '/', 'http://localhost').searchParams;
    if (request.headers.authorization !== `Basic ${basic}`) {
      response.writeHead(401).end();
      return;
    }
    const wanted = asked.getAll('scope').flatMap((scope) => scope.split(' '));
    scopes.push(...wanted);
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: 'tests', sub: 'tester', aud: asked.get('service'), nbf: now - 60, iat: now, exp: now + 300 };
    const token = signer.render({ ...claims, jti: crypto.randomUUID(), access: wanted.map(parseScope) });
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ token }));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const realm = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  return {
    auth: { token: { realm, service: 'test registry', issuer: 'tests', rootcertbundle: signer.certificate } },
    scopes,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(home, { recursive: true, force: true });
    },
  };
};
