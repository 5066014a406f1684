import fastify, { type FastifyInstance } from 'fastify';
import type { Settings } from '../contracts/settings.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { BuildQueue } from './builds/build-queue.ts';
import type { Admission } from './admission/admit.ts';
import type { WelcomeClient } from './admission/welcome.ts';
import { NO_SCHEMAS } from './http/check-request.ts';
import { addErrorHandling, sendFrameworkError } from './http/errors.ts';
import type { EventStreamOptions } from './http/event-stream.ts';
import { addHeaders } from './http/headers.ts';
import type { BuildTokens } from './http/build-token.ts';
import { LEAVE_HOST_TO_US, refuseMalformed } from './http/refuse-malformed.ts';
import { createPage } from './http/page.ts';
import type { LaunchService } from './launches.ts';
import type { Metrics } from './metrics.ts';
import type { RepoProviders } from './repo/index.ts';
import { addBadgeRoutes } from './routes/badges.ts';
import { addBuildRoute } from './routes/build.ts';
import { addFactRoutes } from './routes/facts.ts';
import { addHealthRoute, type HealthCheck } from './routes/health.ts';
import { addPageRoutes } from './routes/pages.ts';
import { addRedirects } from './routes/redirects.ts';
import { addApiRoutes } from './routes/v1/add-api-routes.ts';
import type { WaitingParts } from './routes/v1/api-parts.ts';
import type { SessionKeys } from './sessions/session-access.ts';
import type { SessionLife } from './sessions/session-life.ts';
import type { SessionService } from './sessions/session-service.ts';

export type ControlAppParts = {
  readonly settings: Pick<Settings, 'publicUrl' | 'sessionUrl' | 'adminToken' | 'trustedProxies'>;
  /** The port that the session listener really has. */
  readonly sessionPort: () => number;
  readonly launches: LaunchService;
  /** Lets clients ask for new launches, or not. */
  readonly welcome: WelcomeClient;
  readonly sessions: Pick<SessionService, 'access'>;
  readonly providers: RepoProviders;
  readonly builds: Pick<BuildQueue, 'depth' | 'list' | 'watch' | 'cancel'>;
  readonly life: SessionLife;
  readonly keys: Pick<SessionKeys, 'isToken'>;
  /** What launch pages carry; undefined where the operator wants none. */
  readonly buildTokens?: BuildTokens | undefined;
  readonly countSessions: () => number;
  readonly admission: Pick<Admission, 'waiting' | 'judge'>;
  readonly waiting: WaitingParts;
  readonly checks: readonly HealthCheck[];
  /** How many sessions there may be; 0 or nothing: any number. */
  readonly sessionQuota?: number | undefined;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly clock: Clock;
  /** The directory of the built web pages. */
  readonly webDist: string;
  readonly version: string;
  /** Other times than the usual ones, for tests. */
  readonly streamTimes?: Omit<EventStreamOptions, 'draining'>;
};

/** The longest that a client may take to send a request. */
const REQUEST_TIMEOUT_MS = 30_000;

const countRequests = (app: FastifyInstance, metrics: Metrics): void => {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.count('slipway_http_requests_total', { route, status: reply.raw.statusCode });
  });
};

/** Ends all streams as soon as the server begins to close, so that closing takes no longer than the slowest answer. */
const createDraining = (app: FastifyInstance): AbortSignal => {
  const draining = new AbortController();
  app.addHook('preClose', async () => draining.abort());
  return draining.signal;
};

/**
 * The control listener: the pages and BinderHub's API. What a reverse proxy says about the client is believed only
 * when the operator has set the public address, and only of the proxies that the settings name.
 */
export const createControlApp = (parts: ControlAppParts): FastifyInstance => {
  const app = fastify({
    trustProxy: parts.settings.publicUrl === '' ? false : parts.settings.trustedProxies,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: LEAVE_HOST_TO_US,
    clientErrorHandler: () => undefined,
    frameworkErrors: sendFrameworkError,
    routerOptions: { maxParamLength: 1000 },
    schemaController: NO_SCHEMAS,
  });
  const sendPage = createPage(parts.webDist);
  const stream = { ...parts.streamTimes, draining: createDraining(app) };

  countRequests(app, parts.metrics);
  refuseMalformed(app.server, 'LAUNCH_REQUEST_INVALID');
  addHeaders(app);
  addErrorHandling(app, { ...parts, sendPage });
  addBuildRoute(app, { ...parts, stream });
  addApiRoutes(app, { ...parts, stream });
  addRedirects(app);
  addBadgeRoutes(app);
  addHealthRoute(app, parts);
  addFactRoutes(app, parts);
  addPageRoutes(app, { ...parts, sendPage });
  return app;
};
