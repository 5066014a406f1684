import { describe, expect, it } from 'vitest';
import { parseUpperDirectory } from '../../../services/builder/limits/step-disk.ts';

const OTHER = '216 215 0:62 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw';

describe('where a step writes to', () => {
  it('is the upper layer of the overlay that is its root', () => {
    const upper = '/var/lib/docker/overlay2/euk6wvyglqqv2hzf3piwlopoj/diff';
    const root = `215 178 0:59 / / rw,relatime master:8 - overlay overlay rw,lowerdir=/a:/b,upperdir=${upper},workdir=/c,uuid=on`;
    const cache = '220 215 0:70 / /cache rw - overlay overlay rw,lowerdir=/x,upperdir=/y,workdir=/z';
    expect(parseUpperDirectory([cache, root, OTHER].join('\n'))).toBe(upper);
  });

  it('is not known where the root is none, as while the engine still prepares the step', () => {
    expect(parseUpperDirectory(`20 1 8:1 / / rw,relatime - ext4 /dev/vda rw\n${OTHER}`)).toBeUndefined();
    expect(parseUpperDirectory('')).toBeUndefined();
  });
});
