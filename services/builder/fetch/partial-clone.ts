import type { CommandResult } from '../../platform/run-command.ts';

/** Runs git in the directory of the clone. */
type Run = (args: readonly string[]) => Promise<CommandResult>;

/** The remote that files are fetched from when a checkout asks for them; git wants one with a name. */
export const PROMISOR = 'origin';

/** Tells a command where that remote is. The first fetch that leaves files out writes down that it has the rest. */
export const locatePromisor = (address: string): readonly string[] => ['-c', `remote.${PROMISOR}.url=${address}`];

/** Options of a fetch that leaves the files out; a host that cannot do so sends them all the same. */
export const WITHOUT_FILES = ['--filter=blob:none'];

/**
 * Lets a checkout write only one directory, and the files beside it and above it. False where the commit has no
 * such directory by itself: a link or a submodule may lead to it, and then everything is needed.
 */
export const narrowCheckout = async (run: Run, commit: string, directory: string): Promise<boolean> => {
  const { exitCode, stdout } = await run(['ls-tree', '-d', '-z', '--full-tree', commit, '--', directory]);
  if (exitCode !== 0 || !/^040000 tree [0-9a-f]+\t/.test(stdout)) return false;
  return (await run(['sparse-checkout', 'set', '--cone', '--skip-checks', '--', directory])).exitCode === 0;
};

/** Whether something at `path` can matter to `directory`: it is inside of it, or holds it. */
export const isBeside = (path: string, directory: string): boolean =>
  directory === '' || `${path}/`.startsWith(`${directory}/`) || `${directory}/`.startsWith(`${path}/`);
