import type { Settings } from '../../contracts/settings.ts';
import { findNameServers } from '../../launcher/isolation/name-servers.ts';
import { tryEgress } from '../../launcher/isolation/try-egress.ts';
import type { DockerEngine } from '../../platform/docker-engine.ts';
import { fail, ok, untried, warn, type Finding } from './finding.ts';

const PART = 'egress rules';

const RULES_ADVICE =
  'See that iptables is installed on the engine’s machine and br_netfilter is loaded, and that no other firewall comes before DOCKER-USER and INPUT.';

const judgeAttempt = async (engine: DockerEngine, settings: Settings, image: string): Promise<Finding> => {
  try {
    const instance = `doctor-${process.pid}`;
    const { reached, refused, untried } = await tryEgress({ engine, settings, image, instance });
    if (reached.length > 0) return fail(PART, `a session reaches ${reached.join(' and ')}`, RULES_ADVICE);
    if (untried.length > 0)
      return warn(
        PART,
        `a session does not reach ${refused.join(', ')}`,
        `Try from a session to reach ${untried.join(', ')}: its bridge is not here.`,
      );
    return ok(PART, `a session does not reach ${refused.join(', ')}`);
  } catch (error) {
    return fail(PART, error instanceof Error ? error.message : String(error), RULES_ADVICE);
  }
};

/** Starts containers as sessions are started, and tries what they reach; `image` is the base, if there is one. */
export const checkEgress = async (
  engine: DockerEngine,
  settings: Settings,
  image: string | undefined,
): Promise<Finding[]> => {
  if (settings.isolation.egress === 'open')
    return [warn(PART, 'sessions are not filtered', 'Set isolation.egress to filtered unless you trust every author.')];
  if (image === undefined) return [untried(PART, 'they are tried from the base image')];
  const servers = findNameServers(settings.isolation);
  const dns =
    servers.length > 0
      ? ok('DNS of sessions', servers.join(', '))
      : warn('DNS of sessions', 'this machine names no server that a session reaches', 'Set isolation.dns.');
  return [await judgeAttempt(engine, settings, image), dns];
};
