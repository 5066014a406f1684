import { describe, expect, it } from 'vitest';
import { renderSeccompProfile } from '../../../services/launcher/isolation/seccomp-profile.ts';

type Profile = {
  readonly defaultAction: string;
  readonly syscalls: readonly {
    readonly names: readonly string[];
    readonly action: string;
    readonly args?: unknown[];
  }[];
};

const profile = JSON.parse(renderSeccompProfile()) as Profile;
const allowed = profile.syscalls.filter(({ action, args }) => action === 'SCMP_ACT_ALLOW' && args === undefined);
const names = allowed.flatMap((rule) => rule.names);

/** What containers were broken out of with, or what only an administrator needs. */
const REFUSED = `acct add_key adjtimex bpf chroot clock_adjtime clock_settime clone3 create_module delete_module fanotify_init
  finit_module fsconfig fsmount fsopen fspick get_kernel_syms init_module io_uring_enter io_uring_register io_uring_setup
  ioperm iopl kcmp kexec_file_load kexec_load keyctl lookup_dcookie mbind migrate_pages modify_ldt mount mount_setattr
  move_mount move_pages name_to_handle_at nfsservctl open_by_handle_at open_tree perf_event_open personality pidfd_getfd
  pivot_root process_madvise process_vm_readv process_vm_writev ptrace query_module quotactl reboot request_key
  set_mempolicy setdomainname sethostname setns settimeofday socket stime swapoff swapon syslog umount umount2 unshare
  uselib userfaultfd vhangup vm86 clone`;

describe('the filter of system calls', () => {
  it('refuses what it does not name', () => {
    expect(profile.defaultAction).toBe('SCMP_ACT_ERRNO');
    expect(names.filter((name) => !/^[a-z0-9_]+$/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(REFUSED.split(/\s+/))('does not let %s through whatever its arguments', (name) => {
    expect(names).not.toContain(name);
  });
});
