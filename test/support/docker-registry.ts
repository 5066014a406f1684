import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One request that the registry answered, for example `PUT /v2/a/manifests/1` and 201. */
export type AnsweredRequest = { readonly request: string; readonly status: number };

export type DockerRegistryOptions = {
  /** Whether only REGISTRY_USER may do anything. */
  readonly hasPassword?: boolean;
  /** Whether it refuses everything that would change it. */
  readonly isReadOnly?: boolean;
};

export type DockerRegistry = AsyncDisposable & {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** `127.0.0.1:<port>` */
  readonly host: string;
  requests(): AnsweredRequest[];
};

/** The only user of a registry with authentication. */
export const REGISTRY_USER = { username: 'tester', password: 'open-sesame' };

const HTPASSWD = 'tester:$2y$05$IKfGN.ueG6YP7UPr5Xg5m.R6409RLmJRZbCbymVHqDqwkuIVUEHT.\n';

const renderConfig = (home: string, { hasPassword = false, isReadOnly = false }: DockerRegistryOptions): string =>
  JSON.stringify({
    version: '0.1',
    log: { level: 'info', formatter: 'json' },
    storage: {
      filesystem: { rootdirectory: join(home, 'store') },
      maintenance: { readonly: { enabled: isReadOnly } },
    },
    http: { addr: '127.0.0.1:0' },
    ...(hasPassword ? { auth: { htpasswd: { realm: 'test', path: join(home, 'htpasswd') } } } : {}),
  });

const ACCESS = /"((?:GET|HEAD|POST|PUT|PATCH|DELETE) \S+) HTTP\/[\d.]+" (\d{3})/g;

/** Starts the real `docker-registry` on a free port of 127.0.0.1 with an empty store, with or without a password. */
export const startDockerRegistry = async (options: DockerRegistryOptions = {}): Promise<DockerRegistry> => {
  const home = await mkdtemp(join(tmpdir(), 'docker-registry-'));
  await mkdir(join(home, 'store'));
  await writeFile(join(home, 'htpasswd'), HTPASSWD);
  await writeFile(join(home, 'config.yml'), renderConfig(home, options));
  const child = spawn('docker-registry', ['serve', join(home, 'config.yml')], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  const host = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      printed += String(chunk);
      const [, address] = /listening on (127\.0\.0\.1:\d+)/.exec(printed) ?? [];
      if (address !== undefined) resolve(address);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`docker-registry ended with ${code}:\n${printed}`)));
  });
  return {
    url: `http://${host}`,
    host,
    requests: () =>
      [...printed.matchAll(ACCESS)].map(([, request = '', status]) => ({ request, status: Number(status) })),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill();
        await once(child, 'exit');
      }
      await rm(home, { recursive: true, force: true });
    },
  };
};
