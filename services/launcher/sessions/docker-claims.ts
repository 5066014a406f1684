import { LABELS } from '../../contracts/labels.ts';
import type { SessionSpec } from '../../contracts/session.ts';
import { ignoreNotFound } from '../../platform/docker-engine.ts';
import { parseSessionLabels, renderSessionLabels } from './session-labels.ts';
import type { NetworkOwner } from './session-network.ts';

/** Whom a session was given to that had been started for nobody. */
export type Claim = { readonly spec: SessionSpec; readonly at: number };

type Labels = Readonly<Record<string, string>>;

/** The value of LABELS.kind on the record of a claim. */
const CLAIM_KIND = 'claim';

const makeClaimName = (id: string): string => `slipway-claim-${id}`;

const readClaim = (labels: Labels): Claim => ({
  spec: parseSessionLabels(labels, labels[LABELS.image] ?? ''),
  at: Number(labels[LABELS.claimedAt]),
});

/**
 * The records of claims. The labels of a container cannot be changed, so an empty volume beside it has them: it is a
 * thing of the engine that whoever lists sessions finds there, and that nothing inside of a session reaches.
 */
export const createDockerClaims = ({ engine, instance }: NetworkOwner) => {
  const remove = async (id: string): Promise<void> => {
    await ignoreNotFound(engine.getVolume(makeClaimName(id)).remove());
  };
  return {
    record: async (spec: SessionSpec, at: number): Promise<void> => {
      const labels = { ...renderSessionLabels(spec, instance), [LABELS.kind]: CLAIM_KIND };
      await engine.createVolume({
        Name: makeClaimName(spec.id),
        Labels: { ...labels, [LABELS.image]: spec.image, [LABELS.claimedAt]: String(at) },
      });
    },
    find: async (id: string): Promise<Claim | undefined> => {
      const found = await ignoreNotFound(engine.getVolume(makeClaimName(id)).inspect());
      return found && readClaim(found.Labels ?? {});
    },
    /** All of this installation, or those of one launch, by the id of the session. */
    list: async (launchId?: string): Promise<Map<string, Claim>> => {
      const ofLaunch = launchId === undefined ? [] : [`${LABELS.launchId}=${launchId}`];
      const label = [`${LABELS.instance}=${instance}`, `${LABELS.kind}=${CLAIM_KIND}`, ...ofLaunch];
      const { Volumes: volumes } = await engine.listVolumes({ filters: JSON.stringify({ label }) });
      const claims = (volumes ?? []).map(({ Labels }) => readClaim(Labels ?? {}));
      return new Map(claims.map((claim) => [claim.spec.id, claim]));
    },
    remove,
  };
};

export type DockerClaims = ReturnType<typeof createDockerClaims>;
