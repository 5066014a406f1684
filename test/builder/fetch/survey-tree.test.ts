import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeSurvey, surveyTree } from '../../../services/builder/fetch/survey-tree.ts';

const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`;

describe('survey of a tree', () => {
  let home = '';
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'survey-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('finds Git LFS pointers, wherever they are, and nothing that only resembles one', async () => {
    await mkdir(join(home, 'sub'));
    await mkdir(join(home, '.git'));
    await writeFile(join(home, 'sub', 'big.bin'), POINTER);
    await writeFile(join(home, '.git', 'hidden'), POINTER);
    await writeFile(join(home, 'about.md'), `About: ${POINTER}`);
    await writeFile(join(home, 'long'), POINTER.padEnd(2000));
    await symlink('sub/big.bin', join(home, 'link'));
    const survey = await surveyTree(home);
    expect(survey).toEqual({ pointers: ['sub/big.bin'], oddNames: [], collisions: [] });
    expect(describeSurvey(survey)).toEqual([
      '1 file is a Git LFS pointer ("sub/big.bin"): their content is kept outside of Git and is not downloaded; get it in postBuild or in the notebook',
    ]);
  });

  it('finds names that are not UTF-8, and such that differ by case alone', async () => {
    await writeFile(Buffer.concat([Buffer.from(`${home}/caf`), Buffer.from([0xe9])]), '');
    await writeFile(join(home, 'README'), '');
    await writeFile(join(home, 'readme'), '');
    await writeFile(join(home, 'Grüße'), '');
    const survey = await surveyTree(home);
    expect(survey.oddNames).toEqual(['caf\ufffd']);
    expect(survey.collisions).toHaveLength(1);
    expect(describeSurvey(survey).join('\n')).toMatch(/1 name is not UTF-8.*\n1 name differs .* by case alone/);
  });

  it('says nothing of an ordinary tree, and shows no more than a few of many', async () => {
    await writeFile(join(home, 'a\n'), '');
    expect(describeSurvey(await surveyTree(home))).toEqual([]);
    const pointers = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const [line] = describeSurvey({ pointers, oddNames: [], collisions: [] });
    expect(line).toContain('7 files are Git LFS pointers ("a", "b", "c", "d", "e", …)');
  });
});
