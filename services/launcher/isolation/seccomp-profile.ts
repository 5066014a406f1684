import { ALLOWED_SYSCALLS } from './allowed-syscalls.ts';

type Argument = {
  readonly index: number;
  readonly value: number;
  readonly valueTwo?: number;
  readonly op: 'SCMP_CMP_EQ' | 'SCMP_CMP_MASKED_EQ';
};

type Rule = {
  readonly names: readonly string[];
  readonly action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO';
  readonly errnoRet?: number;
  readonly args?: readonly Argument[];
};

const ENOSYS = 38;

/** CLONE_NEW… of every kind of namespace but that of time, which clone cannot make. */
const NEW_NAMESPACES = 0x7e02_0000;

/** AF_UNIX, AF_INET, AF_INET6; AF_NETLINK, which lists the addresses of the machine. */
const SOCKET_FAMILIES = [1, 2, 10, 16];

/** PER_LINUX and PER_LINUX32, either with UNAME26, and the question which one it is. */
const PERSONALITIES = [0x0, 0x8, 0x2_0000, 0x2_0008, 0xffff_ffff];

const allow = (name: string, argument: Argument): Rule => ({
  names: [name],
  action: 'SCMP_ACT_ALLOW',
  args: [argument],
});

const allowValues = (name: string, values: readonly number[]): Rule[] =>
  values.map((value) => allow(name, { index: 0, value, op: 'SCMP_CMP_EQ' }));

/** Programs fall back to something else when the kernel does not know these; "not permitted" would be an error to them. */
const UNKNOWN: Rule = {
  names: ['clone3', 'io_uring_setup', 'io_uring_enter', 'io_uring_register'],
  action: 'SCMP_ACT_ERRNO',
  errnoRet: ENOSYS,
};

const makeRules = (): Rule[] => [
  { names: Object.values(ALLOWED_SYSCALLS).flatMap((names) => names.split(/\s+/)), action: 'SCMP_ACT_ALLOW' },
  allow('clone', { index: 0, value: NEW_NAMESPACES, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }),
  ...allowValues('socket', SOCKET_FAMILIES),
  ...allowValues('personality', PERSONALITIES),
  UNKNOWN,
];

/**
 * The filter of system calls of a session, as JSON that the engine takes. Narrower than the engine's own: no
 * namespaces, mounts, keys, tracing, io_uring, bpf, perf or userfaultfd, whatever capabilities there are.
 */
export const renderSeccompProfile = (): string =>
  JSON.stringify({
    defaultAction: 'SCMP_ACT_ERRNO',
    architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_AARCH64'],
    syscalls: makeRules(),
  });
