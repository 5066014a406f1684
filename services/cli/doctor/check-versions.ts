import type { DockerEngine } from '../../platform/docker-engine.ts';
import { runCommand } from '../../platform/run-command.ts';
import { fail, ok, warn, type Finding } from './finding.ts';
import { isBad, isDistributed, KNOWN_BAD, type KnownBad } from './known-bad.ts';

type Component = { readonly Name: string; readonly Version: string };

/** What the engine says of itself and its parts, and what git says here; a distribution's git does not say whose it is. */
const readVersions = async (engine: DockerEngine): Promise<Map<string, string>> => {
  const { Version, Components = [] } = (await engine.version()) as unknown as {
    readonly Version: string;
    readonly Components?: readonly Component[];
  };
  const git = await runCommand('git', ['--version']).catch(() => undefined);
  return new Map([
    ...Components.map(({ Name, Version }) => [Name, Version] as const),
    ['Docker engine', Version],
    ...(git?.exitCode === 0 ? [['git', git.stdout.trim()] as const] : []),
  ]);
};

const judge = (known: KnownBad, version: string | undefined): Finding => {
  const { program, corrected, why } = known;
  const part = `version of ${program}`;
  if (version === undefined)
    return warn(part, 'not known', `See to it that it is one of ${corrected.join(', ')} or later.`);
  if (!isBad(version, known)) return ok(part, version);
  const todo = `Update to ${corrected.join(', ')} or later: ${why}.`;
  if (program === 'git' || isDistributed(version))
    return warn(part, `${version}; your distribution may have corrected it without a new number`, todo);
  return fail(part, version, todo);
};

/** Looks for versions that are known as bad. */
export const checkVersions = async (engine: DockerEngine): Promise<Finding[]> => {
  const versions = await readVersions(engine);
  return KNOWN_BAD.map((known) => judge(known, versions.get(known.program)));
};
