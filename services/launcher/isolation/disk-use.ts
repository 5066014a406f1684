import type { ContainerInfo, ContainerInspectInfo } from 'dockerode';
import { accessSync, constants } from 'node:fs';
import { LABELS } from '../../contracts/labels.ts';
import type { Settings } from '../../contracts/settings.ts';
import { ignoreNotFound, type DockerEngine } from '../../platform/docker-engine.ts';
import { runCommand } from '../../platform/run-command.ts';
import { SYSTEM_PATH } from './local-script.ts';

export type DiskLimits = Pick<Settings['isolation'], 'diskMib' | 'files'>;

export type DiskParts = { readonly engine: DockerEngine; readonly instance: string; readonly limits: DiskLimits };

const MIB = 1024 * 1024;
const TIMEOUT_MS = 60_000;

/** Counts in blocks, so that a sparse file is as large as what is in it, and stops where the answer is known. */
const COUNT = `bytes=$1 files=$2; shift 2
find "$@" -xdev -printf '%b\\n' 2>/dev/null | awk -v bytes="$bytes" -v files="$files" '
  { used += $1 * 512; if (++count > files || used > bytes) { over = 1; exit } }
  END { print over ? "over" : "within" }'`;

/** What the container may write to: its own layer, and volumes that its image names. */
const writableDirectories = ({ GraphDriver, Mounts }: ContainerInspectInfo): string[] => {
  const { UpperDir } = (GraphDriver?.Data ?? {}) as { readonly UpperDir?: string };
  return [UpperDir, ...Mounts.map(({ Source }) => Source)].filter((directory) => directory !== undefined);
};

const isReadable = (directory: string): boolean => {
  try {
    accessSync(directory, constants.R_OK);
    return true;
  } catch {
    return false;
  }
};

/** Exact, and with the number of files; only where this process sees the engine's directories. */
const isOverHere = async (directories: readonly string[], limits: DiskLimits): Promise<boolean> => {
  const args = [String(limits.diskMib * MIB), String(limits.files), ...directories];
  const options = { env: { PATH: SYSTEM_PATH, LC_ALL: 'C' }, timeoutMs: TIMEOUT_MS };
  const { stdout } = await runCommand('nice', ['/bin/sh', '-c', COUNT, 'sh', ...args], options);
  return stdout.trim() === 'over';
};

/** What the engine says of the layer: sizes of files as they seem, and no number of them. */
const isOverThere = async ({ engine, limits }: DiskParts, id: string): Promise<boolean> => {
  const [container] = await engine.listContainers({ size: true, filters: { id: [id] } });
  return ((container as { readonly SizeRw?: number } | undefined)?.SizeRw ?? 0) > limits.diskMib * MIB;
};

const isOver = async (parts: DiskParts, { Id }: ContainerInfo): Promise<boolean> => {
  const inspected = await ignoreNotFound(parts.engine.getContainer(Id).inspect());
  if (inspected === undefined) return false;
  const directories = writableDirectories(inspected);
  const isHere = directories.length > 0 && directories.every(isReadable);
  return isHere ? isOverHere(directories, parts.limits) : isOverThere(parts, Id);
};

/** The running sessions of an installation that wrote more bytes or made more files than they may; one after another. */
export const findOverDisk = async (parts: DiskParts, kind: string): Promise<Set<string>> => {
  const label = [`${LABELS.instance}=${parts.instance}`, `${LABELS.kind}=${kind}`];
  const over = new Set<string>();
  for (const container of await parts.engine.listContainers({ filters: { label } }))
    if (await isOver(parts, container)) over.add(container.Labels[LABELS.sessionId] ?? '');
  return over;
};
