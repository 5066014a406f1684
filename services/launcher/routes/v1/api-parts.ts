import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OperationName } from '../../../contracts/api/operations.ts';
import type { Settings } from '../../../contracts/settings.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Admission } from '../../admission/admit.ts';
import type { WelcomeClient } from '../../admission/welcome.ts';
import type { BuildQueue } from '../../builds/build-queue.ts';
import type { AddressParts } from '../../http/visible-address.ts';
import type { LaunchService } from '../../launches.ts';
import type { PoolDemands } from '../../pool/pool-demands.ts';
import type { RepoProviders } from '../../repo/index.ts';
import type { SessionKeys } from '../../sessions/session-access.ts';
import type { SessionLife } from '../../sessions/session-life.ts';
import type { LaunchStreamParts } from '../launch-stream.ts';

/** What operators may know and ask of the sessions that wait for visitors. */
export type WaitingParts = {
  readonly demands: PoolDemands;
  /** How many wait now. */
  readonly count: () => number;
  /** How many may wait at most. */
  readonly most: number;
};

/** What the operations of /api/v1 are made of. */
export type ApiParts = AddressParts &
  Omit<LaunchStreamParts, 'launches'> & {
    readonly settings: Pick<Settings, 'adminToken'>;
    readonly launches: LaunchService;
    readonly welcome: WelcomeClient;
    readonly life: SessionLife;
    readonly keys: Pick<SessionKeys, 'isToken'>;
    readonly builds: Pick<BuildQueue, 'list' | 'watch' | 'cancel'>;
    readonly waiting: WaitingParts;
    readonly providers: RepoProviders;
    readonly admission: Pick<Admission, 'judge'>;
    readonly clock: Clock;
    readonly version: string;
  };

export type ApiRequest = FastifyRequest<{
  Params: Readonly<Record<string, string>>;
  Querystring: Readonly<Record<string, unknown>>;
}>;

/** Gives what is sent as JSON, or sends the answer itself and gives the reply. */
export type Handler = (request: ApiRequest, reply: FastifyReply) => Promise<unknown>;

export type Handlers<Name extends OperationName = OperationName> = Readonly<Record<Name, Handler>>;
