import { describe, expect, it } from 'vitest';
import { isServerPackage } from '../../../services/builder/plan/server-packages.ts';

describe('isServerPackage', () => {
  it.each([
    'jupyterlab',
    'jupyterlab==3',
    'Jupyter_Server>=1',
    'notebook<7 ; os_name=="posix"',
    'traitlets @ https://x/y',
  ])('%s is one', (requirement) => {
    expect(isServerPackage(requirement)).toBe(true);
  });

  it.each(['jupyterlab-git', 'jupyter-book', 'numpy', '', './notebook'])('%s is none', (requirement) => {
    expect(isServerPackage(requirement)).toBe(false);
  });
});
