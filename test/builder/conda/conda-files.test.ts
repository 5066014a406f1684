import { describe, expect, it } from 'vitest';
import { makeCondaFiles } from '../../../services/builder/conda/conda-files.ts';
import type { EnvironmentPlan } from '../../../services/contracts/build-plan.ts';

const PLAN: EnvironmentPlan = {
  kind: 'environment',
  recipe: '1',
  python: '3.13',
  evidence: [],
  apt: [],
  install: [],
  files: [],
  crlf: [],
  after: [],
};

describe('what the build of a conda environment reads', () => {
  it('is nothing without conda', () => {
    expect(makeCondaFiles(PLAN, 'https://mirror.example')).toEqual([]);
  });

  it('has the addresses of channels, below the mirror where they are names', () => {
    const conda = {
      channels: ['bioconda', 'https://example.org/own'],
      specs: ['numpy', 'bioconda::samtools=1', 'https://example.org/own::x'],
    };
    const files = makeCondaFiles({ ...PLAN, conda }, 'https://mirror.example/');
    expect(files.map(({ path }) => path)).toEqual([
      'conda/conda-install.py',
      'conda/register-kernel.py',
      'conda/requirements.txt',
      'conda/request.json',
    ]);
    expect(JSON.parse(files.at(-1)?.text ?? '')).toEqual({
      channels: ['https://mirror.example/bioconda', 'https://example.org/own'],
      specs: ['numpy', 'https://mirror.example/bioconda::samtools=1', 'https://example.org/own::x'],
      python: '3.13',
    });
    const dated = makeCondaFiles({ ...PLAN, conda, asOf: '2024-01-10' }, 'https://mirror.example/');
    expect(JSON.parse(dated.at(-1)?.text ?? '')).toMatchObject({ asOf: '2024-01-10' });
  });
});
