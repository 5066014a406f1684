"""Tries what a session must not be able to do. Each attempt runs in a process of its own; the outcome is one word:
ok, or the name of the error, or the signal that ended it, or what was found instead."""

import ctypes, errno, fcntl, json, mmap, os, platform, signal, socket, stat, struct, sys, tempfile, time

WORLD = json.loads(sys.argv[1])
LIBC = ctypes.CDLL(None, use_errno=True)

X86 = dict(
    clone=56, ptrace=101, syslog=103, capset=126, personality=135, pivot_root=155, adjtimex=159, acct=163, mount=165,
    umount2=166, swapon=167, reboot=169, sethostname=170, init_module=175, delete_module=176, clock_settime=227,
    kexec_load=246, add_key=248, request_key=249, keyctl=250, unshare=272, perf_event_open=298, fanotify_init=300,
    name_to_handle_at=303, open_by_handle_at=304, setns=308, process_vm_readv=310, finit_module=313, bpf=321,
    userfaultfd=323,
)
ARM = dict(
    clone=220, ptrace=117, syslog=116, capset=91, personality=92, pivot_root=41, adjtimex=171, acct=89, mount=40,
    umount2=39, swapon=224, reboot=142, sethostname=161, init_module=105, delete_module=106, clock_settime=112,
    kexec_load=104, add_key=217, request_key=218, keyctl=219, unshare=97, perf_event_open=241, fanotify_init=262,
    name_to_handle_at=264, open_by_handle_at=265, setns=268, process_vm_readv=270, finit_module=273, bpf=280,
    userfaultfd=282,
)
EVERYWHERE = dict(io_uring_setup=425, open_tree=428, fsopen=430, clone3=435, pidfd_open=434, pidfd_getfd=438)
NUMBERS = (X86 if platform.machine() == "x86_64" else ARM) | EVERYWHERE
PROBES = {}


def probe(function):
    PROBES[function.__name__.replace("_", "-")] = function
    return function


def call(name, *arguments):
    wrapped = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = LIBC.syscall(ctypes.c_long(NUMBERS[name]), *wrapped)
    if result == -1:
        raise OSError(ctypes.get_errno(), name)
    return result


def attempt(name, *arguments):
    """A probe that is one system call."""
    PROBES[name] = lambda: call(*arguments)


def write_only(*paths):
    path = next(p for p in paths if os.path.exists(p) or p == paths[-1])
    os.close(os.open(path, os.O_WRONLY))


def first_bytes(*paths):
    path = next(p for p in paths if os.path.exists(p) or p == paths[-1])
    with open(path, "rb") as file:
        return "ok" if file.read(4) else "empty"


def sleeping_child():
    pid = os.fork()
    if pid == 0:
        time.sleep(30)
        os._exit(0)
    return pid


# What the kernel shows
PROBES["proc-sys-write"] = lambda: write_only("/proc/sys/kernel/core_pattern")
PROBES["sysrq"] = lambda: write_only("/proc/sysrq-trigger", "/proc/sys/vm/drop_caches")
PROBES["sys-write"] = lambda: write_only("/sys/kernel/rcu_expedited")
PROBES["cgroup-write"] = lambda: write_only(
    "/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/cgroup.procs"
)
PROBES["kernel-memory"] = lambda: first_bytes("/proc/kcore", "/proc/timer_list")
PROBES["kernel-messages-device"] = lambda: os.close(os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK))
PROBES["machine-root"] = lambda: first_bytes(WORLD["marker"])
attempt("kernel-messages", "syslog", 10, 0, 0)


@probe
def machine_processes():
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if open(f"/proc/{pid}/comm").read().strip() == "dockerd":
                return "ok"
        except OSError:
            pass
    return "none"


@probe
def engine_socket():
    with socket.socket(socket.AF_UNIX) as s:
        s.connect("/var/run/docker.sock")


# Mounts and devices
PROBES["mount"] = lambda: call("mount", b"none", tempfile.mkdtemp().encode(), b"tmpfs", 0, 0)
PROBES["bind-mount"] = lambda: call("mount", b"/etc", tempfile.mkdtemp().encode(), 0, 4096, 0)
attempt("unmount", "umount2", b"/dev/mqueue", 2)
attempt("pivot-root", "pivot_root", b".", b".")
attempt("new-mount-api", "fsopen", b"tmpfs", 0)
attempt("open-tree", "open_tree", -100, b"/", 1)
PROBES["chroot"] = lambda: os.chroot("/tmp")


@probe
def release_agent():
    place = tempfile.mkdtemp()
    try:
        call("mount", b"cgroup", place.encode(), b"cgroup", 0, b"memory")
        write_only(f"{place}/release_agent")
    except OSError as error:
        if error.errno == errno.EPERM:
            raise
        call("mount", b"cgroup", place.encode(), b"cgroup2", 0, 0)
        write_only(f"{place}/cgroup.procs")


def make_device(kind, device):
    path = tempfile.mktemp()
    os.mknod(path, kind | 0o600, device)
    os.unlink(path)


PROBES["memory-device"] = lambda: make_device(stat.S_IFCHR, os.makedev(1, 1))
PROBES["machine-disk"] = lambda: make_device(stat.S_IFBLK, WORLD["disk"])


@probe
def file_handles():
    handle = ctypes.create_string_buffer(struct.pack("Ii", 128, 0) + bytes(128))
    call("open_by_handle_at", -1, handle, os.O_RDONLY)


# Who one is
PROBES["setuid"] = lambda: os.setuid(0)
PROBES["setgid"] = lambda: os.setgid(0)
PROBES["setgroups"] = lambda: os.setgroups([0])
PROBES["nice"] = lambda: os.setpriority(os.PRIO_PROCESS, 0, -5)


@probe
def capabilities():
    header = struct.pack("Ii", 0x20080522, 0)
    call("capset", header, struct.pack("6I", 1 << 21, 1 << 21, 0, 0, 0, 0))


@probe
def setuid_program():
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(1000)
        os.setuid(1000)
    who = os.popen("/opt/hostile/setuid-id -u").read().strip()
    return "ok" if who == "0" else f"uid {who}"


# Other processes
@probe
def ptrace():
    call("ptrace", 16, sleeping_child(), 0, 0)


@probe
def read_memory():
    buffer = ctypes.create_string_buffer(8)
    at = struct.pack("QQ", ctypes.addressof(buffer), 8)
    call("process_vm_readv", sleeping_child(), at, 1, at, 1, 0)


@probe
def take_descriptor():
    call("pidfd_getfd", call("pidfd_open", sleeping_child(), 0), 1, 0)


# Namespaces
attempt("user-namespace", "unshare", 0x10000000)
attempt("mount-namespace", "unshare", 0x00020000)
attempt("network-namespace", "unshare", 0x40000000)
attempt("clone3", "clone3", 0, 0)
PROBES["setns"] = lambda: call("setns", os.open("/proc/self/ns/uts", os.O_RDONLY), 0)


@probe
def clone_namespace():
    if call("clone", 0x10000000 | signal.SIGCHLD, 0, 0, 0, 0) == 0:
        os._exit(0)


# Corners of the kernel
attempt("keyring", "keyctl", 0, -2, 1)
attempt("add-key", "add_key", b"user", b"slipway", b"x", 1, -2)
attempt("request-key", "request_key", b"user", b"slipway-none", 0, 0)
PROBES["bpf"] = lambda: call("bpf", 0, struct.pack("4I", 2, 4, 4, 1) + bytes(56), 72)
PROBES["perf"] = lambda: call("perf_event_open", struct.pack("IIQ", 1, 128, 0) + bytes(112), 0, -1, -1, 0)
attempt("userfaultfd", "userfaultfd", 0)
PROBES["io-uring"] = lambda: call("io_uring_setup", 4, ctypes.create_string_buffer(120))
attempt("fanotify", "fanotify_init", 0, 0)
attempt("personality", "personality", 0x0040000)

# The machine. Each of these would fail for another reason when it were allowed, so that nothing happens.
attempt("reboot", "reboot", 0, 0, 0, 0)
attempt("kexec", "kexec_load", 0, 1000, 0, 0)
attempt("load-module", "init_module", 0, 0, b"")
attempt("load-module-file", "finit_module", -1, b"", 0)
attempt("unload-module", "delete_module", b"slipway_none", 0)
attempt("swap", "swapon", b"/slipway-none", 0)
attempt("accounting", "acct", b"/slipway-none")
attempt("hostname", "sethostname", b"hostile", 7)
PROBES["clock"] = lambda: call("clock_settime", 1, struct.pack("qq", 1, 0))
PROBES["clock-speed"] = lambda: call("adjtimex", ctypes.create_string_buffer(struct.pack("I", 0x4000) + bytes(84) + struct.pack("q", 1) + bytes(120)))


# Sockets that are not for talking to others
def open_socket(*arguments):
    socket.socket(*arguments).close()


PROBES["raw-socket"] = lambda: open_socket(socket.AF_INET, socket.SOCK_RAW, 1)
PROBES["packet-socket"] = lambda: open_socket(17, socket.SOCK_RAW, 0)
PROBES["kernel-crypto-socket"] = lambda: open_socket(38, socket.SOCK_SEQPACKET, 0)
PROBES["virtual-machine-socket"] = lambda: open_socket(40, socket.SOCK_STREAM, 0)


@probe
def network_interface():
    with socket.socket() as s:
        request = fcntl.ioctl(s, 0x8913, struct.pack("16s24x", b"lo"))
        fcntl.ioctl(s, 0x8914, request)


# Floods
@probe
def fork_bomb():
    children = []
    try:
        while len(children) < 400:
            children.append(sleeping_child())
    finally:
        for pid in children:
            os.kill(pid, signal.SIGKILL)


@probe
def memory_flood():
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
    kept = mmap.mmap(-1, 600 << 20)
    for at in range(0, len(kept), 4096):
        kept[at] = 1


@probe
def descriptor_flood():
    kept = [os.open("/dev/null", os.O_RDONLY) for _ in range(9000)]


@probe
def shared_memory_flood():
    path = "/dev/shm/flood"
    try:
        with open(path, "wb") as file:
            for _ in range(80):
                file.write(bytes(1 << 20))
    finally:
        os.unlink(path)


@probe
def log_flood():
    with open(WORLD["log"], "w") as file:
        for _ in range(6 * 1024):
            file.write("x" * 1023 + "\n")


# The network
def dial(address, port):
    with socket.create_connection((address, port), timeout=3) as s:
        s.settimeout(3)
        return "ok" if s.recv(5) == b"hello" else "silence"


def ask(address, port, question=b"hello"):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(2)
        s.connect((address, port))
        s.send(question)
        return "ok" if s.recv(512) else "silence"


for name, target in WORLD["dial"].items():
    PROBES[name] = lambda target=target: dial(*target)
for name, target in WORLD["ask"].items():
    PROBES[name] = lambda target=target: ask(*target)

PROBES["resolve"] = lambda: "ok" if socket.gethostbyname("public.test") == WORLD["public"] else "wrong"


@probe
def ping():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 1) as s:
        s.settimeout(2)
        s.connect((WORLD["public"], 0))
        s.send(struct.pack("!BBHHH", 8, 0, 0, 0, 1) + bytes(8))
        return "ok" if s.recv(64) else "silence"


@probe
def connection_flood():
    for _ in range(300):
        socket.create_connection((WORLD["public"], 80), timeout=3).close()


def outcome_of(function):
    try:
        result = function()
        return result if isinstance(result, str) else "ok"
    except TimeoutError:
        return "timeout"
    except OSError as error:
        return errno.errorcode.get(error.errno, type(error).__name__)
    except Exception as error:
        return type(error).__name__


def run(function):
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        signal.alarm(8)
        os.write(write, outcome_of(function).encode())
        os._exit(0)
    os.close(write)
    _, status = os.waitpid(pid, 0)
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:
        pass
    os.set_blocking(read, False)
    try:
        said = os.read(read, 100).decode()
    except BlockingIOError:
        said = ""
    os.close(read)
    return said or signal.Signals(os.WTERMSIG(status)).name


for name in sys.argv[2:]:
    print(json.dumps([name, run(PROBES[name])]), flush=True)
