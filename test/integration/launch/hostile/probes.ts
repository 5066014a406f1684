/** One thing that a session must not be able to do, and how it is seen that it would have been noticed. */
export type Probe = {
  /** Its name in probes.py. */
  readonly name: string;
  /** What is tried, for the table in docs/operator/isolation.md. */
  readonly tries: string;
  /** What the session is told; each is a refusal. */
  readonly refusal: readonly string[];
  /** What the same attempt gives where it is allowed; `ok` unless it is made to fail for another reason there. */
  readonly allowed?: readonly string[];
};

const EPERM = ['EPERM'];
const READ_ONLY = ['EACCES', 'EROFS'];
const ABSENT = ['ENOENT'];
const REJECTED = ['ECONNREFUSED'];
/** The kernel says so at most a few times a second. */
const UNANSWERED = ['EHOSTUNREACH', 'EACCES', 'timeout'];
/** Where the kernel lacks the feature itself, it says so to whoever may ask. */
const otherwise = (...errors: string[]): string[] => ['ok', 'ENOSYS', ...errors];

export const KERNEL_PROBES: readonly Probe[] = [
  { name: 'proc-sys-write', tries: 'set a parameter of the kernel in `/proc/sys`', refusal: READ_ONLY },
  { name: 'sysrq', tries: 'write to `/proc/sysrq-trigger`, or empty the machine’s caches', refusal: READ_ONLY },
  { name: 'sys-write', tries: 'write to `/sys`', refusal: READ_ONLY },
  { name: 'cgroup-write', tries: 'raise its own limits in its control group', refusal: READ_ONLY },
  { name: 'release-agent', tries: 'mount the control groups and open `release_agent`', refusal: EPERM },
  { name: 'kernel-memory', tries: 'read `/proc/kcore`, or `/proc/timer_list`', refusal: ['empty', 'EACCES', 'EPERM'] },
  { name: 'kernel-messages-device', tries: 'open `/dev/kmsg`', refusal: ABSENT },
  { name: 'kernel-messages', tries: 'read the kernel’s messages (`dmesg`)', refusal: EPERM },
  { name: 'machine-root', tries: 'read a file of the machine through `/proc/1/root`', refusal: ABSENT },
  { name: 'machine-processes', tries: 'see the processes of the machine', refusal: ['none'] },
  { name: 'engine-socket', tries: 'connect to the engine’s socket', refusal: ABSENT },
  { name: 'mount', tries: 'mount a tmpfs', refusal: EPERM },
  { name: 'bind-mount', tries: 'bind-mount a directory', refusal: EPERM },
  { name: 'unmount', tries: 'unmount what hides something', refusal: EPERM },
  { name: 'pivot-root', tries: 'change the root by `pivot_root`', refusal: EPERM, allowed: ['EBUSY', 'EINVAL', 'ok'] },
  { name: 'new-mount-api', tries: 'open a file system by `fsopen`', refusal: EPERM },
  { name: 'open-tree', tries: 'clone a tree of mounts by `open_tree`', refusal: EPERM },
  { name: 'chroot', tries: 'change the root by `chroot`', refusal: EPERM },
  { name: 'memory-device', tries: 'make the device of the machine’s memory', refusal: EPERM },
  { name: 'machine-disk', tries: 'make the device of the machine’s disk', refusal: EPERM },
  {
    name: 'file-handles',
    tries: 'open a file of the machine by its handle',
    refusal: EPERM,
    allowed: ['EBADF', 'ESTALE'],
  },
  { name: 'setuid', tries: 'become root by `setuid`', refusal: EPERM },
  { name: 'setgid', tries: 'join the group root by `setgid`', refusal: EPERM },
  { name: 'setgroups', tries: 'join the group root by `setgroups`', refusal: EPERM },
  { name: 'setuid-program', tries: 'become root by a setuid program of its image', refusal: ['uid 1000'] },
  { name: 'capabilities', tries: 'take CAP_SYS_ADMIN', refusal: EPERM },
  { name: 'nice', tries: 'raise its priority', refusal: ['EACCES', 'EPERM'] },
  { name: 'ptrace', tries: 'trace another process', refusal: EPERM },
  { name: 'read-memory', tries: 'read the memory of another process', refusal: EPERM },
  { name: 'take-descriptor', tries: 'take a descriptor of another process', refusal: EPERM },
  { name: 'user-namespace', tries: 'make a user namespace by `unshare`', refusal: EPERM },
  { name: 'mount-namespace', tries: 'make a mount namespace by `unshare`', refusal: EPERM },
  { name: 'network-namespace', tries: 'make a network namespace by `unshare`', refusal: EPERM },
  { name: 'clone-namespace', tries: 'make a user namespace by `clone`', refusal: EPERM },
  {
    name: 'clone3',
    tries: 'make one by `clone3`, whose flags no filter sees',
    refusal: ['ENOSYS'],
    allowed: ['EINVAL'],
  },
  { name: 'setns', tries: 'enter a namespace', refusal: EPERM },
  { name: 'keyring', tries: 'open a keyring', refusal: EPERM },
  { name: 'add-key', tries: 'add a key', refusal: EPERM },
  { name: 'request-key', tries: 'request a key', refusal: EPERM, allowed: otherwise('ENOKEY') },
  { name: 'bpf', tries: 'make a map of BPF', refusal: EPERM, allowed: otherwise() },
  { name: 'perf', tries: 'open a counter of performance', refusal: EPERM, allowed: otherwise() },
  { name: 'userfaultfd', tries: 'handle page faults in user space', refusal: EPERM, allowed: otherwise() },
  { name: 'io-uring', tries: 'set up an io_uring', refusal: ['ENOSYS'], allowed: ['ok', 'EPERM'] },
  { name: 'fanotify', tries: 'watch all files by `fanotify`', refusal: EPERM, allowed: otherwise() },
  { name: 'personality', tries: 'turn off the randomization of addresses', refusal: EPERM },
  { name: 'reboot', tries: 'restart the machine', refusal: EPERM, allowed: ['EINVAL'] },
  { name: 'kexec', tries: 'load another kernel', refusal: EPERM, allowed: ['EINVAL', 'ENOSYS'] },
  {
    name: 'load-module',
    tries: 'load a module of the kernel',
    refusal: EPERM,
    allowed: ['EFAULT', 'ENOEXEC', 'EINVAL', 'ENOSYS'],
  },
  { name: 'load-module-file', tries: 'load a module from a file', refusal: EPERM, allowed: ['EBADF', 'ENOSYS'] },
  { name: 'unload-module', tries: 'unload a module', refusal: EPERM, allowed: ['ENOENT', 'ENOSYS'] },
  { name: 'swap', tries: 'add swap', refusal: EPERM, allowed: ['ENOENT', 'ENOSYS'] },
  { name: 'accounting', tries: 'turn on process accounting', refusal: EPERM, allowed: ['ENOENT', 'ENOSYS'] },
  { name: 'hostname', tries: 'change the host name', refusal: EPERM },
  { name: 'clock', tries: 'set a clock', refusal: EPERM, allowed: ['EINVAL'] },
  { name: 'clock-speed', tries: 'change the speed of the clock', refusal: EPERM, allowed: ['EINVAL'] },
  { name: 'raw-socket', tries: 'open a raw socket', refusal: EPERM },
  { name: 'packet-socket', tries: 'open a packet socket, to forge or overhear', refusal: EPERM },
  {
    name: 'kernel-crypto-socket',
    tries: 'open a socket of the kernel’s cryptography',
    refusal: EPERM,
    allowed: ['ok', 'EAFNOSUPPORT'],
  },
  {
    name: 'virtual-machine-socket',
    tries: 'open a socket to the hypervisor',
    refusal: EPERM,
    allowed: ['ok', 'EAFNOSUPPORT'],
  },
  { name: 'network-interface', tries: 'configure a network interface', refusal: EPERM },
];

export const FLOOD_PROBES: readonly Probe[] = [
  { name: 'fork-bomb', tries: 'start 400 processes; 200 are allowed in the test', refusal: ['EAGAIN'] },
  { name: 'memory-flood', tries: 'use 600 MiB of memory; 400 are allowed', refusal: ['SIGKILL'] },
  { name: 'descriptor-flood', tries: 'open 9,000 files; 8,192 are allowed', refusal: ['EMFILE'] },
  { name: 'shared-memory-flood', tries: 'put 80 MiB into `/dev/shm`; 64 are allowed', refusal: ['ENOSPC'] },
];

/** What is dialled by TCP; the address is that of a machine of the test, or of this one. */
export const DIALLED: readonly (Probe & { readonly to: readonly [string, number] })[] = [
  {
    name: 'metadata',
    tries: 'reach the metadata service of AWS, Google, Azure, OpenStack',
    to: ['169.254.169.254', 80],
  },
  { name: 'metadata-ecs', tries: 'reach the credentials of AWS ECS', to: ['169.254.170.2', 80] },
  { name: 'metadata-azure', tries: 'reach Azure’s wire server, whose address is public', to: ['168.63.129.16', 80] },
  { name: 'metadata-alibaba', tries: 'reach the metadata service of Alibaba', to: ['100.100.100.200', 80] },
  { name: 'metadata-oracle', tries: 'reach the metadata service of Oracle', to: ['192.0.0.192', 80] },
  { name: 'private-10', tries: 'reach a private address, 10.0.0.0/8', to: ['10.77.0.10', 80] },
  { name: 'private-172', tries: 'reach a private address, 172.16.0.0/12', to: ['172.31.77.10', 80] },
  { name: 'private-192', tries: 'reach a private address, 192.168.0.0/16', to: ['192.168.77.10', 443] },
  { name: 'shared', tries: 'reach an address of a provider’s own network, 100.64.0.0/10', to: ['100.64.77.10', 80] },
  { name: 'mail', tries: 'send mail: port 25 of a public address', to: ['203.0.113.10', 25] },
  { name: 'dns-port-tcp', tries: 'ask a DNS server that is not the operator’s, by TCP', to: ['203.0.113.10', 53] },
].map((probe) => ({ ...probe, to: probe.to as [string, number], refusal: REJECTED }));

export const MACHINE_PROBES: readonly Probe[] = [
  { name: 'gateway', tries: 'reach the machine at the address of its gateway', refusal: REJECTED },
  { name: 'machine-bridge', tries: 'reach the machine at its address on another bridge', refusal: REJECTED },
  {
    name: 'machine-address',
    tries: 'reach the machine at its own address: the control and session listeners',
    refusal: REJECTED,
  },
  { name: 'loopback', tries: 'reach what listens on the loopback of the machine', refusal: REJECTED },
  { name: 'neighbour', tries: 'reach the session beside it', refusal: REJECTED },
  {
    name: 'metadata-ipv6',
    tries: 'reach the metadata service of AWS by IPv6',
    refusal: ['ENETUNREACH', 'EADDRNOTAVAIL', 'EHOSTUNREACH', 'EACCES'],
  },
];

export const ASKED: readonly (Probe & { readonly to: readonly [string, number] })[] = [
  { name: 'dns-port-udp', tries: 'ask a DNS server that is not the operator’s, by UDP', to: ['203.0.113.10', 53] },
  { name: 'udp', tries: 'send UDP to a public address', to: ['203.0.113.10', 443] },
].map((probe) => ({ ...probe, to: probe.to as [string, number], refusal: UNANSWERED }));

export const TRAFFIC_PROBES: readonly Probe[] = [
  { name: 'ping', tries: 'send ICMP to a public address', refusal: UNANSWERED },
  { name: 'connection-flood', tries: 'open 300 connections at once, as a scanner does', refusal: REJECTED },
];

export const PROBES: readonly Probe[] = [
  ...KERNEL_PROBES,
  ...FLOOD_PROBES,
  ...DIALLED,
  ...MACHINE_PROBES,
  ...ASKED,
  ...TRAFFIC_PROBES,
];
