/** The filter table of both versions of IP, in the format of iptables-save; undefined where the kernel has no IPv6. */
export type FilterTables = { readonly v4: string; readonly v6: string | undefined };

/**
 * The packet filter of the engine's machine. Promises: `restore` changes all that one text names or nothing of it, and
 * leaves everything else as it is; both throw when the filter cannot be read or changed.
 */
export interface Firewall {
  save(): Promise<FilterTables>;
  /** Texts as iptables-restore reads them; an undefined one changes nothing. */
  restore(changes: FilterChanges): Promise<void>;
}

export type FilterChanges = { readonly v4: string | undefined; readonly v6: string | undefined };

/** Runs a script of the shell where the filter can be changed, and gives what it printed; throws when it fails. */
export type RunScript = (script: string, args: readonly string[]) => Promise<string>;

const SEPARATOR = '# IPv6';

const SAVE = `iptables-save -t filter
[ -e /proc/net/if_inet6 ] || exit 0
echo '${SEPARATOR}'
ip6tables-save -t filter`;

const RESTORE = `[ -z "$1" ] || printf %s "$1" | iptables-restore --wait --noflush
[ -z "$2" ] || printf %s "$2" | ip6tables-restore --wait --noflush`;

/** The firewall through the programs of iptables, whichever of its two kinds the machine uses: the engine's too. */
export const createFirewall = (run: RunScript): Firewall => ({
  save: async () => {
    const [v4 = '', v6] = (await run(SAVE, [])).split(`${SEPARATOR}\n`);
    return { v4, v6 };
  },
  restore: async ({ v4 = '', v6 = '' }) => void (await run(RESTORE, [v4, v6])),
});
