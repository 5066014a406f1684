import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LABELS } from '../../../services/contracts/labels.ts';
import { connectTestEngine } from '../../support/docker-engine.ts';
import { startImageBuilds, type ImageBuilds } from '../../support/image-builds.ts';

/** Asks for nothing; equal texts of another run of the test would be known to the engine. */
const NEW = `six; sys_platform == "start-${process.pid}-${Date.now()}"\n`;
/** What is added, removed and changed between the two are all there is to change. */
const BEFORE = { 'requirements.txt': `${NEW}toolz==0.12.0\nsortedcontainers\nheapdict\n` };
const AFTER = { 'requirements.txt': `${NEW}toolz==1.0.0\nsortedcontainers\ntabulate\n` };

/** Byte code has the times of its sources in it, so of that only the names count. */
const LIST_FILES = [
  'cd "$NB_PYTHON_PREFIX" && find . -not -type f | sort',
  "find . -type f -name '*.pyc' | sort",
  "find . -type f -not -name '*.pyc' -printf '%m %p\\n' | sort -k 2",
  "find . -type f -not -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum",
  'cat /srv/slipway/lock.json /srv/slipway/sbom.json',
].join(' && ');

describe('an environment that starts from an earlier one', () => {
  const engine = connectTestEngine();
  let near: ImageBuilds;
  let alone: ImageBuilds;

  beforeAll(async () => {
    near = await startImageBuilds('start-near');
    alone = await startImageBuilds('start-alone');
  });

  afterAll(async () => {
    await near[Symbol.asyncDispose]();
    await alone[Symbol.asyncDispose]();
  });

  const labelsOf = async (image: string) => (await engine.getImage(image).inspect()).Config.Labels;

  it('is what an installation on the base gives, to the byte, also after the earlier one is gone', async () => {
    await near.buildWell('first', BEFORE);
    const ours = await near.buildWell('another', AFTER);
    const theirs = await alone.buildWell('another', AFTER);
    expect(ours.log).toContain('Starting from');
    expect(ours.log).not.toContain('Installing on the base');
    expect(theirs.log).not.toContain('Starting from');
    const [labels, expected] = [await labelsOf(ours.image), await labelsOf(theirs.image)];
    expect(labels[LABELS.environmentKey]).toBe(expected[LABELS.environmentKey]);
    expect(labels[LABELS.lock]).toBe(expected[LABELS.lock]);
    const [, earlier = ''] = /Starting from (\S+),/.exec(ours.log) ?? [];
    await engine.getImage(earlier).remove({ force: true });
    expect(await near.print(ours.image, LIST_FILES)).toEqual(await alone.print(theirs.image, LIST_FILES));
  });
});
