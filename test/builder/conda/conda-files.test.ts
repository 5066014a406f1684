import { describe, expect, it } from 'vitest';
import { makeCondaFiles } from '../../../services/builder/conda/conda-files.ts';
import type { EnvironmentPlan } from '../../../services/contracts/build-plan.ts';
import { EMPTY_PLAN } from '../../support/environment-plan.ts';

describe('what the build of a conda environment reads', () => {
  it('is nothing without conda', () => {
    expect(makeCondaFiles(EMPTY_PLAN, 'https://mirror.example')).toEqual([]);
  });

  it('has the addresses of channels, below the mirror where they are names', () => {
    const texts = [
      'numpy',
      'bioconda::samtools=1',
      'https://example.org/own::x',
      'https://conda.anaconda.org/a/noarch/y-1-0.conda#ab',
    ];
    const conda = {
      kind: 'solve' as const,
      file: 'environment.yml',
      channels: ['bioconda', 'https://example.org/own'],
      specs: texts.map((text, index) => ({ text, line: index + 1 })),
    };
    const files = makeCondaFiles({ ...EMPTY_PLAN, conda }, 'https://mirror.example/');
    expect(files.map(({ path }) => path)).toEqual([
      'conda/conda-install.py',
      'conda/register-kernel.py',
      'conda/requirements.txt',
      'conda/request.json',
    ]);
    expect(JSON.parse(files.at(-1)?.text ?? '')).toEqual({
      file: 'environment.yml',
      channels: ['https://mirror.example/bioconda', 'https://example.org/own'],
      specs: [
        { text: 'numpy', line: 1 },
        { text: 'https://mirror.example/bioconda::samtools=1', line: 2 },
        { text: 'https://example.org/own::x', line: 3 },
        { text: 'https://mirror.example/a/noarch/y-1-0.conda#ab', line: 4 },
      ],
      python: '3.13',
    });
    const dated = makeCondaFiles({ ...EMPTY_PLAN, conda, asOf: '2024-01-10' }, 'https://mirror.example/');
    expect(JSON.parse(dated.at(-1)?.text ?? '')).toMatchObject({ asOf: '2024-01-10' });
  });

  it('has the packages of a lock, those of the public server below the mirror', () => {
    const plan: EnvironmentPlan = {
      ...EMPTY_PLAN,
      conda: { kind: 'locked', file: 'conda-lock.yml.conda.txt', platform: 'linux-64' },
      files: [
        { path: 'a.txt', text: 'https://example.org/not/this\n' },
        {
          path: 'conda-lock.yml.conda.txt',
          text: '@EXPLICIT\nhttps://conda.anaconda.org/a/noarch/y-1-0.conda#ab\nhttps://example.org/own/noarch/z-1-0.conda\n',
        },
      ],
    };
    expect(JSON.parse(makeCondaFiles(plan, 'https://mirror.example').at(-1)?.text ?? '')).toEqual({
      file: 'conda-lock.yml.conda.txt',
      platform: 'linux-64',
      packages: ['https://mirror.example/a/noarch/y-1-0.conda#ab', 'https://example.org/own/noarch/z-1-0.conda'],
    });
  });
});
