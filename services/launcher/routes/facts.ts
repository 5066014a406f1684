import type { FastifyInstance } from 'fastify';
import { RECIPE } from '../../contracts/recipe.ts';
import type { Admission } from '../admission/admit.ts';
import type { BuildQueue } from '../builds/build-queue.ts';
import type { Clock } from '../../platform/clock.ts';
import type { LaunchService } from '../launches.ts';
import type { Metrics } from '../metrics.ts';
import type { RepoProviders } from '../repo/index.ts';

export type FactRouteParts = {
  readonly version: string;
  readonly providers: Pick<RepoProviders, 'displays'>;
  readonly metrics: Metrics;
  readonly builds: Pick<BuildQueue, 'depth'>;
  readonly countSessions: () => number;
  readonly admission: Pick<Admission, 'waiting'>;
  readonly launches: Pick<LaunchService, 'oldest'>;
  readonly clock: Clock;
};

/** What programs ask about the server: its versions, its providers, its metrics. */
export const addFactRoutes = (app: FastifyInstance, parts: FactRouteParts): void => {
  const { version, providers, metrics, builds, countSessions, admission, launches, clock } = parts;
  app.get('/versions', async () => ({
    builder_info: { slipway: version, recipe: RECIPE },
    binderhub: version,
    slipway: version,
  }));
  app.get('/api/repoproviders', async () => providers.displays());
  app.get('/metrics', async (_request, reply) => {
    const { queued, running } = await builds.depth();
    metrics.set('slipway_queued_builds', queued);
    metrics.set('binderhub_inprogress_builds', running);
    metrics.set('slipway_sessions', countSessions());
    metrics.set('slipway_waiting_launches', admission.waiting());
    const oldest = launches.oldest();
    metrics.set('slipway_oldest_launch_seconds', oldest === undefined ? 0 : (clock.now() - oldest) / 1000);
    return reply.type(metrics.contentType).send(await metrics.render());
  });
};
