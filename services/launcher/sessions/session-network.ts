import { LABELS } from '../../contracts/labels.ts';
import { engineStatus, ignoreNotFound, type DockerEngine } from '../../platform/docker-engine.ts';

export type NetworkOwner = { readonly engine: DockerEngine; readonly instance: string };

export const makeNetworkName = (instance: string): string => `slipway-${instance}`;

/** The bridge of a network on the engine's machine, as the engine names those that nobody named. */
export const makeBridgeName = (networkId: string): string => `br-${networkId.slice(0, 12)}`;

/** The engine allows two networks of one name, so the oldest one of ours is meant wherever there is a choice. */
const findNetworks = async ({ engine, instance }: NetworkOwner): Promise<string[]> => {
  const filters = { name: [makeNetworkName(instance)], label: [`${LABELS.instance}=${instance}`] };
  const networks = await engine.listNetworks({ filters });
  return networks
    .filter(({ Name }) => Name === makeNetworkName(instance))
    .sort((left, right) => left.Created.localeCompare(right.Created) || left.Id.localeCompare(right.Id))
    .map(({ Id }) => Id);
};

const createNetwork = async ({ engine, instance }: NetworkOwner): Promise<string | undefined> => {
  try {
    const { id } = await engine.createNetwork({
      Name: makeNetworkName(instance),
      Driver: 'bridge',
      CheckDuplicate: true,
      Labels: { [LABELS.instance]: instance },
      Options: { 'com.docker.network.bridge.enable_icc': 'false' },
    });
    return id;
  } catch (error) {
    if (engineStatus(error) !== 409) throw error;
    return undefined;
  }
};

/** Of networks made at the same moment all but the oldest are taken away by those who made them. */
const ensureNetwork = async (owner: NetworkOwner): Promise<string> => {
  const [existing] = await findNetworks(owner);
  if (existing !== undefined) return existing;
  const created = await createNetwork(owner);
  const [oldest] = await findNetworks(owner);
  if (oldest === undefined) throw new Error(`a network ${makeNetworkName(owner.instance)} exists that is not ours`);
  if (created !== undefined && created !== oldest) await ignoreNotFound(owner.engine.getNetwork(created).remove());
  return oldest;
};

/**
 * Gives a function that resolves to the id of the bridge that only sessions are on and where none reaches another;
 * it is made when there is none. Callers that ask at the same time share one answer.
 */
export const createSessionNetwork = (owner: NetworkOwner): (() => Promise<string>) => {
  let pending: Promise<string> | undefined;
  return () => {
    pending ??= ensureNetwork(owner).finally(() => (pending = undefined));
    return pending;
  };
};

/** The bridge that the sessions are on; undefined when there is none. */
export const findSessionBridge = async (owner: NetworkOwner): Promise<string | undefined> => {
  const [id] = await findNetworks(owner);
  return id === undefined ? undefined : makeBridgeName(id);
};

/** Removes the network of the sessions; safe to repeat. The engine refuses while a session is on it. */
export const removeSessionNetwork = async (owner: NetworkOwner): Promise<void> => {
  for (const id of await findNetworks(owner)) await ignoreNotFound(owner.engine.getNetwork(id).remove());
};
