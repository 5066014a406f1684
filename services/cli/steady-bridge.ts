import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { runCommand } from '../platform/run-command.ts';
import type { Report } from './report.ts';

/** The bridge of containers that name no network, builds among them. */
const DEFAULT_BRIDGE = 'docker0';

/** NET_ADDR_SET of the kernel's netdevice.h: somebody chose the address. */
const CHOSEN = '3';

const isSteady = (bridge: string): boolean =>
  readFileSync(`/sys/class/net/${bridge}/addr_assign_type`, 'utf8').trim() === CHOSEN;

/** As the engine makes them: local, and of no vendor. */
const makeAddress = (): string => ['02', '42', ...randomBytes(4).toString('hex').match(/../g)!].join(':');

/**
 * Sees to it that a bridge keeps its hardware address. One that was given none takes that of a container on it, and
 * another's when that one ends: the others then speak to nobody until they ask who has the bridge's address, up to half
 * a minute later. The engine gives its bridge an address when it makes it, but uses one that it finds as it is.
 * Does nothing where there is no such bridge, and only says so where it may not be changed.
 */
export const steadyBridge = async (report: Report, bridge: string = DEFAULT_BRIDGE): Promise<void> => {
  if (!existsSync(`/sys/class/net/${bridge}`) || isSteady(bridge)) return;
  const { exitCode, stderr } = await runCommand('ip', ['link', 'set', bridge, 'address', makeAddress()]).catch(
    (error: unknown) => ({ exitCode: undefined, stderr: String(error) }),
  );
  if (exitCode === 0) return;
  report(
    `${bridge} changes its hardware address as containers come and go, and builds may lose the network: ${stderr}`,
  );
};
