import { Type, type Static } from 'typebox';
import { Admission } from './settings/admission.ts';
import { Base } from './settings/base.ts';
import { BuildToken, LaunchArchive } from './settings/binder.ts';
import { Build } from './settings/build.ts';
import { count, port, text } from './settings/fields.ts';
import { Images, Registry } from './settings/images.ts';
import { Isolation } from './settings/isolation.ts';
import { Pool } from './settings/pool.ts';
import { Redis } from './settings/redis.ts';
import { Proxy } from './settings/proxy.ts';
import { Sessions } from './settings/sessions.ts';
import { Archives, Github, Gitlab, SoftwareHeritage } from './settings/sources.ts';
import { Telemetry } from './settings/telemetry.ts';

/** Every setting, its default and its meaning; docs/reference/settings.md is generated from it. */
export const Settings = Type.Object(
  {
    host: text('127.0.0.1', 'The address that both listeners bind.'),
    port: port(8080, 'The control listener: pages and API. 0 takes any free port.'),
    sessionPort: port(8081, 'The session listener: nothing but sessions. 0 takes any free port.'),
    publicUrl: text(
      '',
      'The address of the control listener as browsers see it, behind a reverse proxy; default: from the request.',
    ),
    sessionUrl: text(
      '',
      'The address of the session listener as browsers see it; default: the host of the request and sessionPort.',
    ),
    trustedProxies: Type.Array(Type.String({ pattern: '^[0-9a-fA-F.:]+(/\\d{1,3})?$' }), {
      default: ['127.0.0.0/8', '::1/128', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
      description:
        'With publicUrl: the addresses of reverse proxies, whose X-Forwarded-For is believed. Nobody else is.',
    }),
    data: text('.data', 'Directory of the database, the secret and the logs.'),
    allowHosts: Type.Array(Type.String({ pattern: '^[^/@\\s]+$' }), {
      default: [],
      description: 'HOST or HOST:PORT that repositories may be fetched from although the address is not public.',
    }),
    lookupTimeoutSeconds: count(20, 'The longest that a repository host may take to name the commit of a ref.'),
    lookupCacheSeconds: count(
      3,
      'For how long the commit of a ref is remembered, so that many who click at the same time ask its host once.',
      { minimum: 0 },
    ),
    dockerHost: text('', 'The container engine, as DOCKER_HOST; default: DOCKER_HOST, else the local socket.'),
    imagePrefix: Type.String({
      default: 'slipway/',
      pattern: '^[a-z0-9][a-z0-9._/-]*$',
      description: 'Goes in front of the names of all images that are built.',
    }),
    adminToken: text(
      '',
      'What the operator shows to see and stop everything: Authorization: Bearer <token>. Empty: nobody may.',
    ),
    logLevel: Type.Union(
      ['debug', 'info', 'warn', 'error'].map((level) => Type.Literal(level)),
      {
        default: 'info',
        description: 'The least important log line to write.',
      },
    ),
    build: Build,
    base: Base,
    registry: Registry,
    images: Images,
    sessions: Sessions,
    proxy: Proxy,
    isolation: Isolation,
    admission: Admission,
    pool: Pool,
    redis: Redis,
    github: Github,
    gitlab: Gitlab,
    softwareHeritage: SoftwareHeritage,
    archives: Archives,
    telemetry: Telemetry,
    buildToken: BuildToken,
    launchArchive: LaunchArchive,
  },
  { additionalProperties: false },
);
export type Settings = Static<typeof Settings>;
