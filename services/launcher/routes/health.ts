import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';

/** Something that launches need; `check` throws when it does not work. */
export type HealthCheck = { readonly service: string; readonly check: () => Promise<void> };

export type HealthRouteParts = {
  readonly checks: readonly HealthCheck[];
  readonly clock: Clock;
  readonly log: Logger;
};

/** BinderHub's shape, which federations of Binders read. */
type Health = { readonly ok: boolean; readonly checks: readonly { readonly service: string; readonly ok: boolean }[] };

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

const measureHealth = async (parts: HealthRouteParts): Promise<Health> => {
  const checks = await Promise.all(parts.checks.map((check) => runCheck(check, parts)));
  return { ok: checks.every(({ ok }) => ok), checks };
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
