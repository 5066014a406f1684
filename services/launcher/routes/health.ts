import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { BuildQueue } from '../builds/build-queue.ts';

/** Something that launches need; `check` throws when it does not work. */
export type HealthCheck = { readonly service: string; readonly check: () => Promise<void> };

export type HealthRouteParts = {
  readonly checks: readonly HealthCheck[];
  readonly builds: Pick<BuildQueue, 'depth'>;
  readonly countSessions: () => number;
  /** How many sessions there may be; 0 or nothing: any number. */
  readonly sessionQuota?: number | undefined;
  readonly clock: Clock;
  readonly log: Logger;
};

/** BinderHub's shape, which federations of Binders read. */
type Checked = { readonly service: string; readonly ok: boolean };
type Health = { readonly ok: boolean; readonly checks: readonly Checked[] };

const CACHE_MS = 5000;
const TIMEOUT_MS = 3000;

const runCheck = async ({ service, check }: HealthCheck, { clock, log }: HealthRouteParts) => {
  const over = new AbortController();
  const expire = async (): Promise<never> => {
    await clock.sleep(TIMEOUT_MS, over.signal);
    throw new Error(`no answer within ${TIMEOUT_MS} ms`);
  };
  try {
    await Promise.race([check(), expire()]);
    return { service, ok: true };
  } catch (error) {
    log.warn({ err: error, service }, 'health check failed');
    return { service, ok: false };
  } finally {
    over.abort();
  }
};

/** How full the server is, in the words of federations, which send visitors elsewhere; it is healthy all the same. */
const measureQuota = async ({ builds, countSessions, sessionQuota = 0 }: HealthRouteParts) => {
  const { running } = await builds.depth().catch(() => ({ running: 0 }));
  const sessions = countSessions();
  const counts = { total_pods: running + sessions, build_pods: running, user_pods: sessions };
  const isFull = sessionQuota > 0 && sessions >= sessionQuota;
  const quota = sessionQuota === 0 ? null : sessionQuota;
  return { service: 'Pod quota', ...counts, quota, ok: !isFull, _ignore_failure: true };
};

const measureHealth = async (parts: HealthRouteParts): Promise<Health> => {
  const checks = await Promise.all(parts.checks.map((check) => runCheck(check, parts)));
  return { ok: checks.every(({ ok }) => ok), checks: [...checks, await measureQuota(parts)] };
};

/** `GET /health`: 200 or 503. However many ask, the services are asked once in five seconds. */
export const addHealthRoute = (app: FastifyInstance, parts: HealthRouteParts): void => {
  let latest: { readonly at: number; readonly health: Promise<Health> } | undefined;
  app.get('/health', async (_request, reply) => {
    const now = parts.clock.now();
    if (latest === undefined || now - latest.at >= CACHE_MS) latest = { at: now, health: measureHealth(parts) };
    const health = await latest.health;
    return reply
      .code(health.ok ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(health);
  });
};
