import { describe, expect, it } from 'vitest';
import { parseKernelLog } from '../../../services/builder/limits/kernel-log.ts';

/** As kernels 5.0 and newer write it. */
const LOG = `
[ 3278.751173] python3 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
[ 3278.751778] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=aaa,mems_allowed=0,oom_memcg=/docker/buildkit/aaa,task_memcg=/docker/buildkit/aaa,task=python3,pid=24029,uid=1000
[ 3279.000001] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=b,mems_allowed=0,oom_memcg=/system.slice/docker-bbb.scope,task_memcg=/system.slice/docker-bbb.scope,task=sh,pid=1,uid=0
[ 3279.500000] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/docker/buildkit/ddd,task=sh,pid=1,uid=0
[ 3280.091730] cgroup: fork rejected by pids controller in /docker/buildkit/ccc
[ 3281.000000] cgroup: fork rejected by pids controller in /docker/buildkit/aaa
`;

describe('the log of the kernel', () => {
  it('tells which groups ran into a limit of theirs, memory before processes', () => {
    expect([...parseKernelLog(LOG)]).toEqual([
      ['aaa', 'memory'],
      ['docker-bbb.scope', 'memory'],
      ['ccc', 'processes'],
    ]);
    expect(parseKernelLog('').size).toBe(0);
  });
});
