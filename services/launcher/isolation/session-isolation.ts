import type { Settings } from '../../contracts/settings.ts';
import type { DockerEngine } from '../../platform/docker-engine.ts';
import { createEgressRules, type EgressRules } from './egress-rules.ts';
import { findBaseImage } from './find-base-image.ts';
import { createFirewall } from './firewall.ts';
import { createHelperScript } from './helper-script.ts';
import { isBridgeOurs, runScriptHere } from './local-script.ts';
import { findNameServers } from './name-servers.ts';

/** What keeps sessions in, beside the flags of their containers. */
export type SessionIsolation = {
  /** Empty: the engine's own. */
  readonly runtime: string;
  readonly dns: readonly string[];
  readonly egress: EgressRules;
};

type IsolationOptions = {
  readonly engine: DockerEngine;
  readonly instance: string;
  readonly settings: Pick<Settings, 'isolation' | 'imagePrefix'>;
};

/** Makes the isolation of the settings; the rules are changed from this process where it can, else from a container. */
export const createSessionIsolation = ({ engine, instance, settings }: IsolationOptions): SessionIsolation => {
  const { isolation, imagePrefix } = settings;
  const dns = findNameServers(isolation);
  const here = createFirewall(runScriptHere);
  const findImage = (): Promise<string> => findBaseImage(engine, imagePrefix);
  const there = createFirewall(createHelperScript({ engine, instance, findImage }));
  const firewallOf = (bridge: string) => (isBridgeOurs(bridge) ? here : there);
  const egress = createEgressRules({ settings: isolation, dns, instance, firewallOf });
  return { runtime: isolation.runtime, dns, egress };
};
